"""How far the sources support the facts: the words of a source, and fingerprints of passages.

`value_in_words` tells whether words carry the value that a claim states; `passages` computes the
fingerprint of a passage that was read at its source, and finds the passage again in a text;
`extraction` gives the text of a saved page, PDF or document.
"""
