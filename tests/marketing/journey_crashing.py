"""A worker of journeys and mails of its own, to be killed: it works until nobody on a journey is due."""

from fairboard.kit import startup

if __name__ == "__main__":
    startup.start()
    from fairboard.kit import clock
    from fairboard.marketing import mailer
    from fairboard.marketing.services import journey_running

    while True:
        journey_running.tick(at=clock.now(), most=40)
        mailer.run_once(clock.now, lanes=1, size=25)
