"""AWS, read whole: the machines and disks of a cluster, and everything that costs in an account.

calls       what is asked: every API call with its IAM action, as one table
clients     sessions (profile, assumed role) and one client a service and region
region      asks one region all calls, a few at a time → `Answers`
failures    what went wrong → few sentences
disks, machines, network, balancers, databases, kubernetes, storage
            answers → resources, pure; each documents the attributes of its kinds
metrics     CloudWatch, asked in batches
account     AccountReader: one account as snapshots
cluster     AwsInventory: nodes, node groups and disks of one cluster
permissions what `finops doctor` asks of an account
"""
