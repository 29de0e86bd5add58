"""What somebody sees of linking their own Spotify account, the buttons below, and the box for what they bring back."""

import re
from typing import Any, Self

import discord

from bot.apologies import answering
from bot.embeds import GREEN, VIOLET
from scheduler.consent_notices import ends_at
from storage.member_accounts import MemberAccount

LONGEST_LINK = 512  # characters of a button's address that Discord takes
LONGEST_TYPED = 2_000
FIELD = "brought"
FINISH, LIBRARY, RENEW, UNLINK = "finish", "library", "renew", "unlink"
DEEDS = {
    FINISH: ("Finish", "✅", discord.ButtonStyle.success),
    LIBRARY: ("Bring my library along", "📥", discord.ButtonStyle.secondary),
    RENEW: ("Renew", "🔄", discord.ButtonStyle.secondary),
    UNLINK: ("Unlink", "✖️", discord.ButtonStyle.danger),
}
APPS = "https://www.spotify.com/account/apps/"

WHAT_FOR = (
    "Then your weekly list stands in a playlist of your own account. I may write public playlists there, and read or "
    "change nothing else{library}. `/unlink` ends it at any time."
)
AND_LIBRARY = ", but for the tracks you saved and hear most, which I read once"
BY_WORD = (
    "**1.** Open Spotify below and agree.\n"
    "**2.** The page you end at shows six signs.\n"
    "**3.** Press *Finish* and type them. All within ten minutes."
)
BY_ADDRESS = (
    "**1.** Open Spotify below and agree.\n"
    "**2.** Your browser ends at a page that does not load. That is right: copy its whole address, which begins with "
    "`{redirect}?`.\n"
    "**3.** Press *Finish* and paste it. All within ten minutes."
)
ON_THE_LIST = (
    "If Spotify then says that you are not registered, my owner adds you first: with the name and mail address of your "
    "account, under User Management in the app's dashboard."
)


class AccountButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tb:account:(?P<deed>finish|library|renew|unlink)"
):
    """Do something about the own account of whoever presses it; the id names nobody, so there is nothing to forge."""

    def __init__(self, deed: str) -> None:
        label, emoji, style = DEEDS[deed]
        super().__init__(discord.ui.Button(label=label, emoji=emoji, style=style, custom_id=f"tb:account:{deed}"))
        self.deed = deed

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the deed from the id."""
        return cls(match["deed"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask for what was brought back, or do the deed and answer in private."""
        linking = interaction.client.linking
        if self.deed == FINISH:
            await interaction.response.send_modal(FinishBox(by_word=linking.by_word))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            await linking.pressed(interaction, self.deed)


class FinishBox(discord.ui.Modal):
    """The box in which somebody types what the browser showed them, or pastes where it ended."""

    def __init__(self, *, by_word: bool) -> None:
        super().__init__(title="Link your Spotify account", timeout=900.0)
        label = "The six signs that the page shows" if by_word else "The whole address your browser ended at"
        self.typed: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=label,
            placeholder="K7Q 2MX" if by_word else "http…?code=…&state=…",
            max_length=LONGEST_TYPED,
            custom_id=FIELD,
        )
        self.add_item(self.typed)

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Finish the consent and say how it went, in private."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        async with answering(interaction):
            await interaction.client.linking.finish(interaction, self.typed.value)


ACCOUNT_ITEMS = (AccountButton,)


def asking_card(address: str, redirect_uri: str, *, by_word: bool, library: bool) -> dict[str, Any]:
    """Return how to consent, as what a private message is sent with."""
    steps = BY_WORD if by_word else BY_ADDRESS.format(redirect=redirect_uri)
    purpose = WHAT_FOR.format(library=AND_LIBRARY if library else "")
    embed = discord.Embed(title="🔗 Link your Spotify account", description=f"{purpose}\n\n{steps}", colour=GREEN)
    view = discord.ui.View(timeout=None)
    if len(address) <= LONGEST_LINK:
        view.add_item(discord.ui.Button(label="Open Spotify", emoji="🎧", url=address))
    else:
        embed.description = f"{embed.description}\n\n**[Open Spotify]({address})**"
    view.add_item(AccountButton(FINISH))
    return {"embed": embed.set_footer(text=f"Only you see this. {ON_THE_LIST}"), "view": view}


def linked_card(account: MemberAccount, playlist: str | None, *, fresh: bool = False) -> dict[str, Any]:
    """Return how a linked account stands, as what a private message is sent with."""
    until = f"<t:{int(ends_at(account).timestamp())}:D>"
    place = f"[a playlist of your own]({playlist})" if playlist else "a playlist of your own, within a minute or so"
    embed = discord.Embed(
        title="🔗 Your Spotify account is linked" if fresh else "🔗 Your Spotify account",
        description=f"Your weekly list stands in {place}.\nSpotify ends this on {until}; I tell you 30, 7 and 1 days "
        "before, and *Renew* begins six months anew.",
        colour=GREEN,
    ).set_footer(text="Only you see this.")
    if account.ended:
        embed.description = (
            "Spotify has ended my access to your account. Your list goes on in the playlist that I keep."
        )
        embed.colour = VIOLET
    view = discord.ui.View(timeout=None)
    for deed in (RENEW, UNLINK) if account.ended else (LIBRARY, RENEW, UNLINK):
        view.add_item(AccountButton(deed))
    return {"embed": embed, "view": view}


def unlinked_card(playlist: str | None) -> dict[str, Any]:
    """Return what is left to say after a link has ended."""
    goes_on = f"Your list goes on in [the playlist that I keep for you]({playlist})" if playlist else (
        "Your list goes on in the playlist that I keep for you"
    )  # fmt: skip
    embed = discord.Embed(
        title="✖️ Unlinked",
        description=f"I have deleted my access to your Spotify account, and what I read of your library no longer "
        f"counts. {goes_on}; the one in your account stays yours as it is.\n\n"
        f"Spotify lets only you strike me off its own list too: [your apps]({APPS}), *Remove access*.",
        colour=VIOLET,
    )
    return {"embed": embed.set_footer(text="Only you see this.")}
