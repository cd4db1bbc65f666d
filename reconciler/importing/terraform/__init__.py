"""States of Terraform and OpenTofu → what they own, and how they let go of it.

In: a state of version 4, or what `show -json` prints of a state or a plan. Out: a `Definition`, and the hand-over.
"""
