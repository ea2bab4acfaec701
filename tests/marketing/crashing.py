"""A mailer of its own, to be killed: told its folder of settings by the environment, it works until nothing is due."""

import os
import sys

from fairboard.kit import startup

if __name__ == "__main__":
    startup.start()
    from fairboard.kit import clock
    from fairboard.marketing import mailer

    if os.environ.get("FAIRBOARD_TESTED_WALK"):
        from tests.marketing import kill_walk

        kill_walk.register()

    handled = mailer.run_once(clock.now, lanes=int(sys.argv[1]), size=int(sys.argv[2]))
    print(handled)
