"""What the owner must put right before the bot can start: one sentence and an exit code each."""


class StartError(Exception):
    """Tastebud cannot go on; the message is one sentence that says what to do."""

    exit_code = 1


class SettingsError(StartError):
    """A setting, a secret or a name among them is wrong."""

    exit_code = 2
