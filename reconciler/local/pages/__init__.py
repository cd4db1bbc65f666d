"""The web pages of the embedded Cognito: the hosted pages, OAuth 2.0, and the page of messages.

In: an HTTP request and the records. Out: the answer, or None for other paths. The pages call the same functions as the
operations of the API, through the hosted door. The real pages of managed login are an application that was never
recorded: paths, parameters, cookies and redirects are those of Cognito, the forms of managed login are our own.
"""
