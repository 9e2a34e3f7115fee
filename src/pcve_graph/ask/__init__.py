"""Finds the saved question or command that answers a wording, by rules; nothing goes out.

`wording` reads the text, `mentions` finds the things and terms that it names and `periods` its
dates; `askable` describes what can be asked, `score` compares the two, and `finder` ranks. To
change which question answers a wording, edit the key `asks` of that question in queries/answers;
`commands.yml` describes the commands, and `words.yml` has words that mean the same.
"""
