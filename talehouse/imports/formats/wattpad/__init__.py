"""The saved page text of a Wattpad part: one file, one part."""
