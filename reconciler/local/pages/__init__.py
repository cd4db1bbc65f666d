"""What a browser sees of the embedded Cognito: the hosted pages, OAuth 2.0, and the page of messages.

In: a request of HTTP and the records. Out: the answer, or None for what is not ours. The pages ask the same functions
as the API's own operations, through the hosted door. Real pages of managed login are an application that was never
recorded: paths, parameters, cookies and redirects are Cognito's, the forms of managed login are our own.
"""
