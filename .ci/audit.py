"""Licences and known vulnerabilities of what the project's extras install.

    python .ci/audit.py VENV    # from an environment with pip-licenses and pip-audit

audits the packages that pcve-graph installs into VENV, by the rules of .ci/audit.toml. Exit code 0
means no problem, also where no advisory service answers within a minute (one line says so); 1 means
problems.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Collection, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

POLICY: Final = Path(__file__).with_name("audit.toml")
TOOLS: Final = Path(sys.executable).parent
FOR_DEVELOPMENT: Final = frozenset({"dev", "docs", "full", "test"})
"""The extras that no user installs."""

SECONDS: Final = 60
"""How long the advisory service may take."""


def closure(
    installed: Mapping[str, Distribution], extras: Collection[str], name: str = "pcve-graph"
) -> set[str]:
    """The installed packages that `name` requires with `extras`, and what these require."""
    needed: set[tuple[str, str]] = set()
    waiting = [(name, extra) for extra in ("", *extras)]
    while waiting:
        package, extra = waiting.pop()
        if (package, extra) in needed or package not in installed:
            continue
        needed.add((package, extra))
        for line in installed[package].requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                dependency = canonicalize_name(requirement.name)
                waiting += [
                    (dependency, needed_extra) for needed_extra in ("", *requirement.extras)
                ]
    return {package for package, _ in needed} - {name}


def is_allowed(licence: str, allowed: Collection[str]) -> bool:
    """Whether an SPDX expression, or licences as classifiers list them, are all in `allowed`."""
    ways = [re.split(r" AND |; ", way) for way in licence.split(" OR ")]
    return any(all(part in allowed for part in way) for way in ways)


def licence_problems(
    licences: Mapping[str, str], shipped: Collection[str], policy: Mapping[str, Any]
) -> list[str]:
    """Licences that are neither allowed nor excepted, and exceptions that are no longer needed."""
    exceptions = {exception["package"]: exception for exception in policy["exceptions"]}
    problems = []
    for package, licence in sorted(licences.items()):
        excepted = exceptions.get(package)
        if is_allowed(licence, policy["allowed"]):
            continue
        if excepted is None or excepted["licence"] != licence:
            problems.append(f"{package}: {licence!r} is not allowed, nor excepted in {POLICY.name}")
        elif excepted["scope"] == "development" and package in shipped:
            problems.append(f"{package}: {licence!r} is for development only, and users get it")
    for package in sorted(exceptions):
        if package not in licences or is_allowed(licences[package], policy["allowed"]):
            problems.append(f"{package}: the exception in {POLICY.name} is not needed")
    return problems


def vulnerabilities(
    report: str, packages: Collection[str], accepted: Collection[str]
) -> list[str] | None:
    """The known vulnerabilities of `packages` in a report of pip-audit, except `accepted` ids.

    None where the report covers no package.
    """
    audited = json.loads(report)["dependencies"]
    audited_by_name = {
        canonicalize_name(package["name"]): package for package in audited if "vulns" in package
    }
    if not audited_by_name:
        return None
    return [
        f"{name} {audited_by_name[name]['version']}: {vulnerability['id']}, fixed in "
        f"{', '.join(vulnerability['fix_versions']) or 'no release'}"
        for name in sorted(audited_by_name.keys() & set(packages))
        for vulnerability in audited_by_name[name]["vulns"]
        if not {vulnerability["id"], *vulnerability.get("aliases", ())} & set(accepted)
    ]


def advisories(site: Path) -> tuple[str, str]:
    """What pip-audit reports of the packages in `site`, as JSON; or why there is no report."""
    command = [TOOLS / "pip-audit", "--path", site, "--format", "json", "--progress-spinner", "off"]
    command += ["--vulnerability-service", "osv", "--timeout", "10"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {SECONDS} s"
    return run.stdout, run.stderr.strip().rpartition("\n")[2].partition(":")[0]


def main(environment: str) -> int:
    """Audit what pcve-graph brings into a virtual environment; print what is wrong."""
    policy = tomllib.loads(POLICY.read_text("utf-8"))
    site = next(Path(environment).resolve().glob("lib/python*/site-packages"))
    installed = {
        canonicalize_name(distribution.name): distribution
        for distribution in distributions(path=[str(site)])
    }
    extras = set(installed["pcve-graph"].metadata.get_all("Provides-Extra") or ())
    packages = closure(installed, extras)
    shipped = closure(installed, extras - FOR_DEVELOPMENT)

    python = str(Path(environment, "bin", "python"))
    command = [TOOLS / "pip-licenses", "--python", python, "--from=mixed", "--format=json"]
    command += ["--with-system"]  # without it, what pip-licenses itself stands on is left out
    listed = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    licences = {canonicalize_name(entry["Name"]): entry["License"] for entry in listed}
    licences = {name: licences.get(name, "UNKNOWN") for name in packages}
    problems = licence_problems(licences, shipped, policy["licences"])
    if not problems:
        excepted = len(policy["licences"]["exceptions"])
        print(f"licences: {len(packages)} packages, {excepted} by exception, the others allowed")

    accepted = [exception["id"] for exception in policy["vulnerabilities"]["exceptions"]]
    report, reason = advisories(site)
    vulnerable = vulnerabilities(report, packages, accepted) if report.strip() else None
    if vulnerable is None:
        print(f"vulnerabilities: not audited, no advisory service can be reached ({reason})")
    else:
        problems += vulnerable
        print(f"vulnerabilities: {len(vulnerable)} known of {len(packages)} packages")
    for problem in problems:
        print(problem)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
