"""What a browser sees of the embedded Cognito: the hosted pages, OAuth 2.0, and the page of messages."""
