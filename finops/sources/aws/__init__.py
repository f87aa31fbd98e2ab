"""AWS, read whole: the machines and disks of a cluster, and everything that costs in an account.

account      AccountReader: one account as snapshots
cluster      AwsInventory: nodes, node groups and disks of one cluster
permissions  what `finops doctor` asks: each IAM action with its smallest question
table        all calls and all kinds
calls        one call as a value: what is asked, its IAM action, what it reads
machines, images, disks, network, balancers, databases, kubernetes, storage, tagging
             the calls of each kind and what becomes of the answers, pure; each module documents
             the attributes of its kinds
nodes        instances and node groups as a cluster knows them, and what has no price
region       asks one region its calls, a few at a time → `answers`
failures     what went wrong, in few sentences
clients      sessions (profile, assumed role), one client a service and region
identity     whose credentials these are
metrics      CloudWatch in batches of 500; `metric_wishes` says which metrics
detached     since when a volume is unused, as far as its metrics tell
pricing      what a resource costs a month
"""
