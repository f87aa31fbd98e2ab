"""GitOps repositories: what a commit deploys, rendered by the real tools, and where a value is set.

A *unit* is something that is deployed as a whole: a Kustomize overlay, a Helm chart with its
values, an Argo CD Application, a HelmRelease. It is rendered with the very tools that the cluster
uses, and the file that decides a value is found by changing it and looking at what comes out.
"""
