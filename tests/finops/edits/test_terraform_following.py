"""Where a value is decided: variables, locals, calls, files of variables, loops and conditions."""

import pytest

from tests.finops.edits.terraform_examples import after, instance_type, planned, question, refusal

INSTANCE = b'resource "aws_instance" "web" {\n  instance_type = %s\n}\n'
VARIABLE = b'variable "type" {\n  default = "m5.xlarge"\n}\n'


@pytest.mark.parametrize(
    ("expression", "more"),
    [
        (b"var.type", VARIABLE),
        (b'"${var.type}"', VARIABLE),
        (b"local.type", b'locals {\n  type = "m5.xlarge"\n}\n'),
        (b"local.all.web.type", b'locals {\n  all = { web = { type = "m5.xlarge" } }\n}\n'),
        (b'local.all["web"]', b'locals {\n  all = { "web" : "m5.xlarge" }\n}\n'),
        (b"local.types[0]", b'locals {\n  types = ["m5.xlarge"]\n}\n'),
        (b"var.on ? var.type : null", b'variable "on" {\n  default = true\n}\n' + VARIABLE),
        (b'var.env == "a" ? 1 : var.type', b'variable "env" {\n  default = "b"\n}\n' + VARIABLE),
        (b'lookup(local.all, "type", "t3.nano")', b'locals {\n  all = { type = "m5.xlarge" }\n}\n'),
        (b"try(local.all.none, var.type)", b"locals {\n  all = { a = 1 }\n}\n" + VARIABLE),
        (b"coalesce(null, var.type)", VARIABLE),
        (
            b"merge(local.a, local.b).type",
            b'locals {\n  a = { type = "t3.nano" }\n  b = { type = "m5.xlarge" }\n}\n',
        ),
        (
            b"local.groups.web.size",
            b"locals {\n  groups = { for k, v in local.in : k => { size = v } }\n"
            b'  in = { web = "m5.xlarge" }\n}\n',
        ),
    ],
)
def test_an_expression_is_followed_to_the_literal_that_decides(
    expression: bytes, more: bytes
) -> None:
    source = INSTANCE % expression + more

    assert after(source, instance_type()) == {"main.tf": source.replace(b"m5.xlarge", b"m5.large")}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (b"var.none", "var.none is declared nowhere"),
        (b"local.none", "local.none is declared nowhere"),
        (b"data.aws_x.y.type", "only known when Terraform runs"),
        (b"module.x.type", "comes from a module that is not in here"),
        (b"upper(var.type)", "computed by upper()"),
        (b'terraform.workspace == "a" ? "b" : "c"', "only known when Terraform runs"),
        (b'"m5.${local.size}"', "put together from parts"),
        (b"local.a", "refers to itself"),
        (b"each.value", "only known when Terraform runs"),
    ],
)
def test_what_no_literal_decides_is_refused_with_the_expression(
    expression: bytes, reason: str
) -> None:
    said = refusal(
        INSTANCE % expression + b"locals {\n  a = local.b\n  b = local.a\n}\n" + VARIABLE,
        instance_type(),
    )

    assert reason in said
    assert "main.tf line" in said


def test_the_argument_of_the_one_call_is_edited_and_not_the_default() -> None:
    files = {
        "modules/web/main.tf": INSTANCE % b"var.type" + VARIABLE.replace(b"m5.xl", b"t3.l"),
        "prod/main.tf": b'module "web" {\n  source = "../modules/web"\n  type   = "m5.xlarge"\n}\n',
    }

    changed = after(files, instance_type())

    assert changed == {"prod/main.tf": files["prod/main.tf"].replace(b"m5.xlarge", b"m5.large")}


def test_several_callers_are_a_question_and_the_answer_is_kept_to() -> None:
    call = b'module "web" {\n  source = "../modules/web"\n  type   = "m5.xlarge"\n}\n'
    files = {
        "modules/web/main.tf": INSTANCE % b"var.type" + VARIABLE,
        "test/main.tf": call,
        "live/main.tf": call,
    }

    asked = question(files, instance_type())
    answered = after(files, instance_type(), asked.candidates[0].choice)

    assert [each.path for each in asked.candidates] == ["live/main.tf", "test/main.tf"]
    assert asked.candidates[0].place == "module.web.type"
    assert answered == {"live/main.tf": call.replace(b"m5.xlarge", b"m5.large")}


def test_the_call_in_a_folder_named_after_the_cluster_goes_first() -> None:
    call = b'module "web" {\n  source = "../modules/web"\n  type   = "m5.xlarge"\n}\n'
    files = {
        "modules/web/main.tf": INSTANCE % b"var.type" + VARIABLE,
        "test/main.tf": call,
        "prod/main.tf": call,
    }

    assert after(files, instance_type()).keys() == {"prod/main.tf"}


def test_a_default_that_two_calls_share_is_a_question_that_names_both() -> None:
    files = {
        "modules/web/main.tf": INSTANCE % b"var.type" + VARIABLE,
        "a/main.tf": b'module "one" {\n  source = "../modules/web"\n}\n',
        "b/main.tf": b'module "two" {\n  source = "../modules/web"\n}\n',
    }

    asked = question(files, instance_type())

    assert [each.place for each in asked.candidates] == ["variable.type.default"]
    assert "a/module.one, b/module.two" in asked.candidates[0].words
    assert after(files, instance_type(), asked.candidates[0].choice).keys() == {
        "modules/web/main.tf"
    }


def test_a_variable_that_another_resource_uses_is_a_question() -> None:
    other = INSTANCE.replace(b'"web"', b'"db"') % b"var.type"

    asked = question(INSTANCE % b"var.type" + other + VARIABLE, instance_type())

    assert "main.tf line 5 (aws_instance.db)" in asked.candidates[0].words


def test_tags_and_descriptions_are_no_users_of_a_variable() -> None:
    other = b'resource "aws_eip" "a" {\n  tags = { Type = var.type }\n}\n'

    assert after(INSTANCE % b"var.type" + other + VARIABLE, instance_type())


@pytest.mark.parametrize("name", ["terraform.tfvars", "x.auto.tfvars"])
def test_a_file_of_variables_that_terraform_reads_goes_before_the_default(name: str) -> None:
    files = {
        "i/main.tf": INSTANCE % b"var.type" + VARIABLE,
        f"i/{name}": b'type = "m5.xlarge" # web\r\n',
    }

    assert after(files, instance_type()) == {f"i/{name}": b'type = "m5.large" # web\r\n'}


def test_the_last_automatic_file_counts() -> None:
    files = {
        "main.tf": INSTANCE % b"var.type" + VARIABLE,
        "terraform.tfvars": b'type = "t3.nano"\n',
        "a.auto.tfvars": b'type = "t3.nano"\n',
        "b.auto.tfvars": b'type = "m5.xlarge"\n',
    }

    assert after(files, instance_type()) == {"b.auto.tfvars": b'type = "m5.large"\n'}


def test_files_of_environments_are_a_question_unless_the_cluster_tells() -> None:
    files = {
        "main.tf": INSTANCE % b"var.type" + VARIABLE,
        "env/live.tfvars": b'type = "m5.xlarge"\n',
        "env/test.tfvars": b'type = "m5.xlarge"\n',
    }
    of_cluster = files | {"env/prod.tfvars": b'type = "m5.xlarge"\n'}
    by_tag = instance_type(tags={"environment": "test"})

    assert [c.path for c in question(files, instance_type()).candidates] == [
        "env/live.tfvars",
        "env/test.tfvars",
    ]
    assert after(of_cluster, instance_type()).keys() == {"env/prod.tfvars"}
    assert after(files, by_tag).keys() == {"env/test.tfvars"}


def test_a_literal_of_several_instances_is_a_question() -> None:
    source = b'resource "aws_instance" "web" {\n  count = 3\n  instance_type = "m5.xlarge"\n}\n'

    asked = question(source, instance_type())

    assert "[0], [1], [2]" in asked.candidates[0].words
    assert after(source, instance_type(), asked.candidates[0].choice)


@pytest.mark.parametrize("count", [b"1", b"var.on ? 1 : 0", b"length(local.one)"])
def test_a_count_of_one_is_no_question(count: bytes) -> None:
    source = INSTANCE % b'"m5.xlarge"\n  count = ' + b""
    source = source.replace(b"count = ", b"count = " + count) + b"locals {\n  one = [1]\n}\n"

    assert after(source, instance_type())


def test_the_element_of_a_loop_that_is_meant_is_known_by_its_name() -> None:
    source = (
        b'resource "aws_instance" "this" {\n  for_each = local.servers\n'
        b"  instance_type = each.value.type\n  tags = { Name = each.key }\n}\n"
        b'locals {\n  servers = {\n    web = { type = "m5.xlarge" }\n'
        b'    db  = { type = "m5.xlarge" }\n  }\n}\n'
    )

    changed = after(source, instance_type("web"))["main.tf"]

    assert changed == source.replace(b'web = { type = "m5.xlarge"', b'web = { type = "m5.large"')


def test_an_output_of_a_local_module_is_followed_inside_it() -> None:
    files = {
        "main.tf": INSTANCE % b"module.sizes.web" + b'module "sizes" {\n  source = "./sizes"\n}\n',
        "sizes/out.tf": b'output "web" {\n  value = "m5.xlarge"\n}\n',
    }

    assert after(files, instance_type()).keys() == {"sizes/out.tf"}


def test_inputs_of_terragrunt_are_arguments() -> None:
    files = {
        "modules/web/main.tf": INSTANCE % b"var.type" + b'variable "type" {}\n',
        "live/terragrunt.hcl": b'terraform {\n  source = "../modules//web"\n}\n'
        b'inputs = {\n  type = "m5.xlarge"\n}\n',
    }

    assert after(files, instance_type()).keys() == {"live/terragrunt.hcl"}


@pytest.mark.parametrize("source", [b"../../../etc", b"../..//x", b"git::https://x/y", b"/etc"])
def test_a_source_outside_of_the_repository_is_not_looked_at(source: bytes) -> None:
    files = {
        "a/main.tf": INSTANCE % b"module.x.type" + b'module "x" {\n  source = "%s"\n}\n' % source
    }

    assert "not in here" in refusal(files, instance_type())


def test_a_variable_declared_twice_is_not_chosen_from() -> None:
    said = refusal(INSTANCE % b"var.type" + VARIABLE + VARIABLE, instance_type())

    assert "declared several times" in said


def test_modules_that_call_each_other_end() -> None:
    files = {
        "a/main.tf": INSTANCE % b"var.type" + VARIABLE + b'module "b" {\n  source = "../b"\n}\n',
        "b/main.tf": b'module "a" {\n  source = "../a"\n}\n',
    }

    assert planned(files, instance_type(), ":a/main.tf").files


@pytest.mark.parametrize(
    ("tag", "address"),
    [
        ({"yor_trace": "b9"}, b"two"),
        ({"finops-bot/source": "main.tf@aws_instance.one"}, b"one"),
    ],
)
def test_tags_tell_two_declarations_apart(tag: dict[str, str], address: bytes) -> None:
    block = b'resource "aws_instance" "%s" {\n  instance_type = "m5.xlarge"\n%s}\n'
    tags = b'  tags = { Name = "web", yor_trace = "b9" }\n'
    one, two = block % (b"one", b'  tags = { Name = "web" }\n'), block % (b"two", tags)

    changed = after(one + two, instance_type(tags=tag))["main.tf"]

    wanted = {b"one": one, b"two": two}[address]
    assert wanted.replace(b"m5.xlarge", b"m5.large") in changed
    assert changed.count(b"m5.large") == 1


def test_ten_thousand_files_and_a_deep_chain_of_locals_are_answered() -> None:
    chain = b"".join(b"  a%d = local.a%d\n" % (n, n + 1) for n in range(100))
    source = INSTANCE % b"local.a0" + b"locals {\n" + chain + b'  a100 = "m5.xlarge"\n}\n'
    files = {f"f{number}/x.txt": b"x" for number in range(10_000)} | {"main.tf": source}

    assert after(files, instance_type()).keys() == {"main.tf"}
