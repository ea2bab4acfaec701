"""`fairboard token create` and `fairboard user create`."""

from typing import Annotated

import typer

from fairboard.cli.output import err, result
from fairboard.kit import clock, startup
from fairboard.kit.actors import ROLES, Actor

token_app = typer.Typer(no_args_is_help=True, help="API tokens.")
user_app = typer.Typer(no_args_is_help=True, help="Members and staff.")
OPERATOR = Actor("system", "", "system", "command line")


@token_app.callback()
def _token() -> None:
    """API tokens."""


@user_app.callback()
def _user() -> None:
    """Members and staff."""


def _role(value: str | None) -> str | None:
    if value is not None and value not in ROLES:
        raise typer.BadParameter(f"choose one of {', '.join(ROLES)}")
    return value


Email = Annotated[str, typer.Option(help="The member's e-mail address.")]
Role = Annotated[
    str | None,
    typer.Option(help="member, sales, safety or admin; a role they have stays when none is given.", callback=_role),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


Grant = Annotated[
    list[str] | None, typer.Option(help="On top of the role: safety_lead, child_safety. May be given again.")
]


@token_app.command("create")
def token_create(email: Email, role: Role = None, name: str = "command line", as_json: AsJson = False) -> None:
    """Print a new API token of a member; the member is made when there is none."""
    startup.ready()
    from fairboard.people.services import members, tokens

    at = clock.now()
    member_id = members.ensure_member(actor=OPERATOR, email=email, role=role, at=at)
    made = tokens.create_token(actor=OPERATOR, member_id=member_id, name=name, at=at)
    err.print(f"Token for {email} ({_role_of(member_id)}). It is shown once; keep it safe.", markup=False)
    result({"token": made.raw, "member": member_id, "scopes": list(made.scopes)}, as_json=as_json, text=made.raw)


@user_app.command("create")
def user_create(email: Email, role: Role = None, name: str = "", grant: Grant = None, as_json: AsJson = False) -> None:
    """Make a member, or change a member's role, and print a one-time sign-in link."""
    startup.ready()
    from django.conf import settings

    from fairboard.people.services import links, members

    at = clock.now()
    member_id = members.ensure_member(actor=OPERATOR, email=email, role=role, at=at, display_name=name)
    if grant:
        members.set_grants(actor=OPERATOR, member_id=member_id, grants=grant, at=at)
    link = links.create_sign_in_link(actor=OPERATOR, member_id=member_id, at=at)
    has = _role_of(member_id)
    address = f"{settings.BASE_URL}{link.path}"
    err.print(f"{email} is a {has}. This link signs in once, within a day:", markup=False)
    result({"member": member_id, "role": has, "sign_in_link": address}, as_json=as_json, text=address)


def _role_of(member_id: str) -> str:
    from fairboard.people.queries import member_by_id

    member = member_by_id(member_id, actor=OPERATOR)
    return member.role if member else ""
