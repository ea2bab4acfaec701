"""The CyberTipline of the National Center for Missing and Exploited Children: documents, client, a server to drill on.

Nothing here knows of the database: facts go in, XML and answers come out.
"""
