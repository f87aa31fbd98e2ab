"""The words of the configuration file that `finops init` writes.

Two `##` explain; one `#` before YAML is a setting that is switched off.
"""

FIRST_LINES = """\
## The configuration of finops-bot. `finops check-config` names line and key of anything wrong;
## `finops doctor` says what is missing. Secrets never stand here: they are environment variables
## (SLACK_BOT_TOKEN, SLACK_APP_TOKEN, GITHUB_TOKEN, FINOPS_DATABASE_URL).
##
## Lines with ## explain. To switch a setting on, take away its #.

## What this installation is called, one for each environment with a Slack app of its own.
## Without it: default.
#instance: prod
"""

REPOSITORIES_HEAD = """\
## Where manifests and Terraform are. Pull requests are opened here, with GITHUB_TOKEN or a GitHub
## App. Without it waste is shown, but no pull request can be opened.
##   github    owner/name; or local: the path of a bare repository on this machine, instead
##   name      what clusters call it; without it owner/name or the path
##   base_url  the API; of an Enterprise server https://HOST/api/v3
##   pull_requests    how the bot behaves here; 0 switches a limit off
##     max_open       so many of its own open at once, and max_per_hour opened within an hour
##                    (10 and 5); what waits says so on its card
##     group_by_team  true: one pull request for what a team has approved, not one for each
##     draft          true: opened as drafts
##     labels         [finops]
##     reviewers_from_codeowners  false: nobody is asked
##     rebase_when    conflicted: when its files moved on; behind: when anything did
##     stale_after_days   closed with a word when nobody has touched it for so long (30)
##     dashboard      false: no issue that shows what the bot does here
"""

CLUSTERS_HEAD = """\
## The clusters to watch. Without any, only accounts are looked at.
##   name                what cards call it; keep it, savings are remembered under it
##   kubernetes          what runs there; without it the repository says what should run
##     context           a context of the kubeconfig
##     kubeconfig        another file than KUBECONFIG or ~/.kube/config
##     in_cluster        true instead of a context: the cluster the bot itself runs in
##     eks               {name, region, role_arn} instead of a context: through the EKS API
##     metrics_api       true: sample metrics.k8s.io, where there is no Prometheus
##     page_size         objects a request (500)
##     timeout_seconds   patience with one request (60)
##   prometheus          what was used, from any PromQL endpoint; without it no request is judged
##     url               its address, as the bot reaches it
##     headers           such as {X-Scope-OrgID: shop} for Mimir
##     matchers          labels of this cluster where one server holds several: {cluster: prod}
##     sigv4             {region, service, role_arn} for Amazon Managed Prometheus
##     concurrency       questions at once (2); a shared server has other users
##     timeout_seconds   patience with one question (60)
##     startup_minutes   CPU used so early does not size a container's request (10); 0: it does
##   repository          which repository declares it; without it no pull request is opened
##   folders             its parts of the repository, such as [clusters/prod]; without: all of it
##   default_namespace   where manifests that name none belong (default)
##   aws                 {regions, eks_name, role_arn, external_id, profile, endpoint_url}: its
##                       machines and disks; without it disks are not seen
##   window_days         days of usage that decide (14)
"""

CLUSTER_EXAMPLE = """\
#clusters:
#  - name: shop-prod
#    kubernetes:
#      context: shop-prod
#      page_size: 500
#      timeout_seconds: 60
#    prometheus:
#      url: http://prometheus.monitoring:9090
#      matchers: {cluster: shop-prod}
#      concurrency: 2
#    repository: acme/platform
#    folders: [clusters/shop-prod]
#    aws: {regions: [eu-west-1]}
#    window_days: 14
"""

ACCOUNTS_HEAD = """\
## AWS accounts whose resources are read, never changed: disks, snapshots, addresses, balancers.
## Without any, waste outside of clusters is not seen.
##   name          what cards call it
##   profile       of the AWS configuration; without it environment, instance role and so on
##   role_arn      a role to take, for another account; external_id goes with it
##   external_id   what that role asks for, if it does
##   regions       such as [eu-west-1]; without: all that are enabled
##   metric_days   days of CloudWatch metrics that decide what is idle (14); 0 asks for none
##   endpoint_url  another endpoint than Amazon's
"""

ACCOUNT_EXAMPLE = """\
#accounts:
#  - name: aws-123456789012
#    role_arn: arn:aws:iam::123456789012:role/finops-bot
#    external_id: finops
#    regions: [all]
#    metric_days: 14
"""

TEAMS = """\
## Teams, as labels and tags of the estate call them. Without a team's entry its waste goes to the
## triage channel.
##   channel     where its cards are posted; without it the triage channel
##   owners      people who get a direct message a day about what is new
##   approvers   who may approve; without them default_approvers
##   namespaces  its namespaces, where no label says so
##   user_group  mentioned on its cards in the triage channel, where it has no channel of its own
##   aliases     other spellings of its name in labels, tags, CODEOWNERS and Backstage
##   time_zone   its clock, for quiet hours and weekly messages; else the schedule's
#teams:
#  shop:
#    channel: C0123456789
#    owners: [U0123456789]
#    approvers: {users: [U0123456789], user_groups: [S0123456789]}
#    namespaces: [shop]
#    user_group: S0123456789
#    aliases: [shop-team]
#    time_zone: Europe/Berlin

## Who approves what is large or risky, instead of the team's approvers: the last level that fits
## decides. A team may have approval_levels of its own, which come after these.
#approval_levels:
#  - from_usd_per_month: 1000
#    approvers: {user_groups: [S0123456789]}
#  - from_risk: 0.5
#    approvers: {users: [U0123456789]}

## Who is who on GitHub, by Slack user id, so that nobody counts as two people and the right people
## are asked to review. Where nothing is said, people may state their own login in Slack (Home).
#people:
#  U0123456789: {github: octocat}

## Platform engineers: they may set in Slack what this file leaves open.
#platform: {users: [U0123456789]}

## How owners are found: label and annotation keys in Kubernetes, tag keys in AWS, CODEOWNERS and
## Backstage's catalog-info.yaml in the repository. Shown are the defaults.
#owners:
#  label_keys: [team]
#  tag_keys: [team, owner]
#  codeowners: true
#  backstage: true
"""

APPROVERS_HEAD = """\
## Who may approve where a team names nobody: ids of people and user groups. Without any, nobody may
## approve anything.
"""

TRIAGE_HEAD = """\
## Members of user groups, for Slack plans that have none. Without it Slack is asked.
#user_group_members: {S0123456789: [U0123456789]}

## The channel for waste that nobody owns. Without it, it is told to nobody.
"""

LEADERSHIP_HEAD = """\
## The channel of the weekly and monthly digest. Without it there is no digest for leaders.
## Editions for finance and engineering go to channels of their own.
#cfo_channel: C0123456789
#cto_channel: C0123456789
"""

BILL_HEAD = """\
## The bill: who spends what, and what was really saved. Without it no saving is ever proved.
## CUR (legacy or 2.0) or FOCUS, in files or as a table in Athena (docs/billing.md).
##  files: ["s3://acme-billing/cur2/"]       # paths, folders and patterns too
##  athena: {database: billing, table: cur2, output: "s3://acme-athena/", workgroup: primary,
##           max_usd: 1}                     # what one reading may cost; more stops it
##  focus_csv: bill.csv                      # how older versions called a single file
##  name: payer                              # what its days are kept under
##  aws: {role_arn: "arn:aws:iam::123456789012:role/bill"}   # S3 and Athena of another account
##  region: us-east-1
##  usage: {containers: [hours.parquet], estate: [estate.parquet]}  # container-hours of your own
##  shared_namespaces: [kube-system]         # charged to everybody in the cluster
##  memory_mb: 900                           # what DuckDB may hold; the rest goes to disk
##  history_months: 13                       # read back once, for the trend; 0: what may change
"""

SCHEDULE = """\
## When to look, and when the digest comes. Shown are the defaults, but for the time zone.
schedule:
  #cycle_every_hours: 24    # how often the estate is looked at
  #digest_weekday: 0        # 0 is Monday
  #digest_hour: 9           # on the clock of the time zone
  #plan_weekday: 0          # when each team gets its plan of the week
  #plan_hour: 9             # on the team's own clock
  #quiet_hours: "20:00-07:00"  # nobody is written to unasked; "" means never quiet
  #weekly_digest: true
  #monthly_digest: true     # on the first working day, of the month before
  #time_zones: {C0123456789: America/New_York}  # channels on another clock
  time_zone: TIME_ZONE
"""

REST = """\
## Prices where the bill does not say. Shown are the defaults.
#prices:
#  price_list_api: false    # true asks the AWS Price List API; false takes the bundled table
#  discount_percent: 0      # a private discount on everything (EDP), off the list price

## AWS Cost Explorer: cost where no bill is given, and a forecast. Each request costs $0.01.
#cost_explorer:
#  requests_per_day: 50     # then answers only get older
#  team_tag: team           # the activated cost allocation tag whose values are teams

## What a team or namespace serves, counted by day in PromQL: its cost is told for 1,000 of it.
#unit_costs:
#  - {name: requests, team: shop, per: 1000, query: "sum(increase(http_requests_total[1d]))"}

## What people read amounts in: cards, digests, reports. Records, limits and list prices stay
## dollars. One fixed rate, stated below each total. Without it: US dollars.
#currency:
#  code: EUR                # ISO 4217
#  per_usd: 0.92            # so much of it is one US dollar
#  as_of: 2026-11-01        # of which day; `finops doctor` warns when that is over 45 days ago

## Limits that are checked at the click and again at the pull request. Dollars are a month's saving,
## shares are 0 to 1. Shown are the defaults.
#guardrails:
#  max_changes_per_day: 10                    # of a team; more wait until tomorrow
#  max_saving_usd_per_day: 5000               # of a team; more waits until tomorrow
#  max_single_change_usd_per_month: 1000      # a larger one needs an approver
#  max_single_change_percent: 75              # no value may fall further at once
#  protected_tags: {production: require_approval, prod: require_approval, critical: deny}
#  change_windows:                            # when changes are welcome; [] means always
#    windows: [{hours: "02:00-06:00", days: [mon, tue, wed, thu, fri, sat, sun], time_zone: UTC}]
#    outside: require_approval                # or deny
#  min_confidence: 0.6                        # below it a change is refused
#  max_risk: 0.7                              # above it a change is refused
#  max_risk_without_approval: 0.4             # above it a change needs an approver
#  max_replicas_per_change: 50                # more need an approver
#  max_share_of_team_workloads_per_day: 0.25  # and three are always allowed
#  max_namespaces_per_day: 5                  # of a team; more wait until tomorrow
#  max_evidence_age_hours: 48                 # a change on older evidence is refused
#  auto_approve: false                        # true: what no rule asks about needs no click
#  approvals:                                 # how many different people must agree
#    required: 1
#    #two_from_usd_per_month: 1000            # two from these dollars on
#    #two_from_risk: 0.6                      # or from this risk on
#    four_eyes: false                         # true: who merges must be another than who approved
#  auto_merge: false                          # true: such a change is merged when checks pass
#  teams: {}                                  # what is different for a team, by its name

## How lean requests may be: safe, or lean (smaller, exceeded more often). Shown are the defaults.
#rightsizing:
#  mode: safe
#  teams: {}                # what is different for a team: {shop: lean}
#  kinds: {}                # or for a kind: {StatefulSet: safe}; where both are named, safe wins
#  scale_jvm_heap: false    # true: a heap named by -Xmx falls with the memory, in one pull request

## How long things may take, in days, and how many cards a channel gets. Shown are the defaults.
#pace:
#  verify_after_days: 7                # of bill after a change, before it is judged
#  give_up_verifying_after_days: 35    # then it is called unproven
#  expire_after_days: 14               # a card that nobody answers
#  forget_after_days: 7                # waste that no cycle finds again
#  cards_per_channel_per_day: 10       # the rest waits for tomorrow
#  card_from_usd_per_month: 50         # smaller ones wait for the plan of the week; 0: never
#  cooldown_days: 14                   # from one change of a resource to the next
#  pause_team_after_days: 90           # a team that answers nothing is asked nothing new; 0: never
"""
