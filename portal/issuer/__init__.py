"""The demo's stand-in for the national portal: a second Django program, run as `python -m portal.issuer`.

It signs citizens in as the real one does and hands the portal an OpenID Connect code. It has its own
process, database, secret, cookies and looks, and one language, Vietnamese; the portal knows only its address.
"""
