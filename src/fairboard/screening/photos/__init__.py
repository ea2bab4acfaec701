"""Photos: what they look like (PDQ), what bytes they are (SHA-256, MD5), and which of millions they resemble.

Needs numpy and Pillow; the rest of ``screening`` does not, so nothing here is loaded with the gate's text pipeline.
"""
