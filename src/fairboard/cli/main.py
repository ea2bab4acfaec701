"""The `fairboard` command: one entry, each act in a file of its own.

Exit codes: 0 done, 1 it could not be done (the reason is on stderr), 2 the command was mistyped,
3 done, but some rows were refused.
"""

import sys

import typer

from fairboard.cli import (
    banks,
    bench,
    crm,
    cybertip,
    drill,
    ledger,
    link,
    mailing,
    market,
    networks,
    operate,
    pack,
    people,
    photo,
    rules,
    running,
    screening,
    statements,
)

app = typer.Typer(
    name="fairboard",
    help="A classified-advertising marketplace that a company runs itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(running.run)
app.command("worker")(running.worker)
app.command("doctor")(operate.doctor)
app.command(
    "manage",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)(operate.manage)
app.command("verify")(ledger.verify)
app.command("fake-cybertipline")(cybertip.fake_cybertipline)
app.command("reindex")(market.reindex)
app.command("relink")(networks.relink)
app.command("screen")(screening.screen)
app.command("photo")(photo.photo)
app.command("link")(link.link)
app.command("mail-sink")(mailing.mail_sink)
app.command("mailer")(mailing.mailer)
app.command("bench")(bench.bench)
app.command("drill")(drill.drill)
market.export_app.command("statements")(statements.export_statements)
app.add_typer(crm.crm_app, name="crm")
app.add_typer(market.import_app, name="import")
app.add_typer(market.export_app, name="export")
app.add_typer(pack.pack_app, name="pack")
app.add_typer(crm.crm_app, name="crm")
app.add_typer(people.token_app, name="token")
app.add_typer(people.user_app, name="user")
app.add_typer(banks.banks_app, name="banks")
app.add_typer(rules.rules_app, name="rules")


def main() -> None:
    """Run the command; a known problem is one clear line, never a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if not operate.explain(error):
            raise
        sys.exit(1)


if __name__ == "__main__":
    main()
