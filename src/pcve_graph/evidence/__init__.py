"""How far the sources support the facts, and what no text of the project may say.

`value_in_words` tells whether words carry the value that a claim states; `passages` computes the
fingerprint of a passage that was read at its source, and finds the passage again in a text;
`extraction` gives the text of a saved page, PDF or document. `private_persons` searches free text
for private persons beside words of suspicion, children, families and religion.
"""
