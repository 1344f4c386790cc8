"""Word documents (.docx): the XML read directly, so that scene breaks and centring survive."""
