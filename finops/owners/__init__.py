"""Who owns what: the rules, in their order, and the files of a repository that they read.

The first rule that answers wins, and the answer says which it was:

1. a person assigned this workload or resource
2. a label or annotation of the object
3. a label of its pods
4. the team that the data came with (pushed snapshots)
5. a label or annotation of its namespace
6. a tag of the cloud resource
7. the namespaces of a team in finops.yml
8. a Backstage component (`catalog-info.yaml`)
9. the CODEOWNERS line of the file that declares it
10. a person assigned the rest of its namespace

What is more specific goes first: whoever assigns a namespace gets what nobody else owns, and takes
nothing from a team that has labelled its own.
"""
