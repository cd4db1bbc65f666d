"""Users of a pool, in bulk: read page by page, checked as a CSV file, imported with Cognito's import jobs, exported.

In: a cloud, the answers that describe a pool, a CSV file. Out: users page by page; wrong rows with line and reason;
outcomes of import jobs. A pool may hold millions of users, so nothing here keeps them all.
"""
