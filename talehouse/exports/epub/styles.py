"""The style sheet of a book: shape only. Fonts, colours and size of the text are the reader's."""

STYLES = """@namespace epub "http://www.idpf.org/2007/ops";
body { margin: 0; padding: 0 4%; orphans: 2; widows: 2; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; text-align: start; font-weight: normal; hyphens: none; \
-webkit-hyphens: none; break-after: avoid; page-break-after: avoid; }
h1 { font-size: 1.6em; margin: 2.5em 0 1.5em; }
h2 { font-size: 1.3em; margin: 2em 0 .75em; }
h3, h4, h5, h6 { font-size: 1.1em; margin: 1.5em 0 .5em; }
p { margin: 0; hyphens: auto; -webkit-hyphens: auto; }
.text > p, .text blockquote > p { text-indent: 1.4em; }
.text > p:first-child, h1 + p, h2 + p, h3 + p, h4 + p, hr + p, figure + p, table + p, ul + p, ol + p, \
blockquote + p, .text blockquote > p:first-child, .text > p.center, .text > p.right, .text > p.verse, \
.text > p.letter { text-indent: 0; }
.text > p:lang(ja), .text > p:lang(zh), .text > p:lang(ko) { text-indent: 0; margin-bottom: .5em; }
hr { border: 0; height: auto; margin: 1.75em 0; padding: 0; text-align: center; overflow: visible; \
background: none; color: inherit; break-inside: avoid; break-after: avoid; page-break-after: avoid; }
hr::before { content: "*\\2003*\\2003*"; opacity: .7; }
blockquote { margin: 1.25em 0; padding: 0; margin-inline-start: 1.5em; margin-inline-end: 1.5em; }
ul, ol, dl, pre, table, figure { margin-top: 1em; margin-bottom: 1em; }
ul, ol { padding: 0; padding-inline-start: 1.6em; }
li > ul, li > ol { margin-top: 0; margin-bottom: 0; }
dd { margin: 0 0 .5em; margin-inline-start: 1.4em; }
pre { white-space: pre-wrap; font-size: .9em; }
img { max-width: 100%; max-height: 100%; height: auto; }
figure { margin-inline-start: 0; margin-inline-end: 0; text-align: center; break-inside: avoid; \
page-break-inside: avoid; }
figcaption, caption { font-size: .85em; margin-top: .4em; }
table { border-collapse: collapse; margin-inline-start: auto; margin-inline-end: auto; }
td, th { border: 1px solid; padding: .3em .6em; text-align: start; vertical-align: top; }
th { font-weight: bold; }
sup, sub { font-size: .75em; line-height: 0; }
rt { font-size: .5em; }
a { text-decoration: underline; }
.center { text-align: center; }
.right { text-align: end; }
.justify { text-align: justify; }
.verse { margin: 1.25em 0; margin-inline-start: 1.5em; text-align: start; hyphens: none; \
-webkit-hyphens: none; }
.letter { margin: 1.25em 0; margin-inline-start: 1.5em; margin-inline-end: 1.5em; font-style: italic; }
.letter em, .letter i { font-style: normal; }
.smallcaps { font-variant: small-caps; }
.underline { text-decoration: underline; }
.spoiler { border-bottom: 1px dotted; }
.note { font-size: .9em; }
.no-picture { font-style: italic; }
.footnotes { margin-top: 2.5em; padding-top: 1em; border-top: 1px solid; font-size: .85em; }
.footnotes ol { margin: 0; }
.footnotes li { margin-bottom: .5em; }
a[role="doc-noteref"] { text-decoration: none; }
:not(sup) > a[role="doc-noteref"] { vertical-align: super; font-size: .75em; line-height: 0; }
.note-before, .note-after { margin: 1.5em 0 2em; padding: .1em 0; padding-inline-start: 1em; \
border-inline-start: 2px solid; font-size: .9em; }
.note-before p, .note-after p, .summary p { margin: .5em 0; }
.source { margin-top: 3em; font-size: .8em; text-align: center; }
.cover { margin: 0; padding: 0; text-align: center; break-after: page; page-break-after: always; }
.cover img { max-width: 100%; max-height: 96vh; }
.title-page h1 { font-size: 2em; margin: 3em 0 .4em; text-align: center; }
.title-page .writers, .title-page .series, .title-page .rights { text-align: center; }
.title-page .series { font-style: italic; margin-top: .4em; }
.title-page .summary { margin: 2.5em 0; }
.title-page .facts { font-size: .85em; margin: 2em 0; }
.title-page .facts dt { margin-top: .7em; font-weight: bold; }
.title-page .facts dd { margin-inline-start: 0; }
.title-page .rights { font-size: .8em; margin-top: 1em; }
nav ol { list-style: none; padding: 0; }
nav li { margin: .5em 0; }
nav a { text-decoration: none; }
"""
