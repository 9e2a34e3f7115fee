"""`pcve explain`: a class, a key, a list or a rule, with examples in each syntax."""

from __future__ import annotations

import click

from ..model.problems import UsageError
from ..model.project import Project
from ..model.schema import Ontology
from ..model.suggest import did_you_mean
from .console import handle_errors, write_lines, write_messages, write_result
from .context import project_of

_SYNTAX = click.Choice(["yaml", "turtle", "jsonld"])


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--example", type=_SYNTAX, help="Print only the example of a class, in this syntax.")
@click.pass_context
@handle_errors
def explain(context: click.Context, name: str | None, example: str | None) -> None:
    """Explain a class, key, list or rule, with examples that validate.

    NAME is a class (Event, pcve:Event), a key or property (startDate, schema:startDate), a closed
    list (event-kind), or a rule as problems name it. Without NAME, the names of all classes and
    rules are listed.

    \b
    Examples:
      pcve explain Event
      pcve explain Event --example turtle > event.ttl
      pcve explain pcvesh:Event-startDate
    """
    from ..graph.ontology import read_ontology

    project = project_of(context)
    ontology = read_ontology(project)
    if example is not None:
        text = _example(name or "", example, ontology)
        write_result(text, fold=False)
        if example == "yaml":
            from ..validation.class_help import record_note

            write_messages(*record_note(text).splitlines())
    elif name is None:
        from ..validation.rule_help import page_builders

        write_lines(*sorted(ontology.classes), *page_builders(ontology, project))
    else:
        write_result(_page(name, ontology, project))


def _page(name: str, ontology: Ontology, project: Project) -> str:
    """The page of what is called `name`. Raises UsageError where nothing is."""
    from ..validation.class_help import (
        class_text,
        describe_class,
        find_class,
        find_keys,
        key_text,
        list_text,
    )
    from ..validation.rule_help import full_name, page_builders, page_text

    if kind := find_class(name, ontology):
        return class_text(describe_class(kind, ontology))
    rules = page_builders(ontology, project)
    if name in rules:
        return page_text(rules[name]())
    if name in ontology.schemes:
        return list_text(name, ontology)
    if keys := find_keys(name, ontology):
        return key_text(keys, ontology)
    return page_text(rules[full_name(name, rules)]())


def _example(name: str, syntax: str, ontology: Ontology) -> str:
    """The example of the class called `name`. Raises UsageError for one without an example."""
    from ..validation.class_help import describe_class, find_class, page_examples

    kind = find_class(name, ontology)
    if kind is None:
        hint = did_you_mean(name, ontology.classes) or "`pcve explain` lists all classes"
        raise UsageError(f"no class {name!r}; {hint}")
    text = dict(page_examples(describe_class(kind, ontology).example)).get(syntax)
    if text is None:
        raise UsageError(f"{kind.name} has no records: use --example turtle or jsonld")
    return text + "\n"
