"""`[sync]`: where copies of the data folder are kept up to date."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.errors import SettingsError
from shared.settings.secret_files import read_secret
from shared.settings.section import Section


class SyncSettings(Section):
    """Without a dataset and without a folder nothing is synced."""

    hub_dataset: str | None = Field(
        None,
        pattern=r"^[\w.-]{1,96}/[\w.-]{1,96}$",
        description="dataset at Hugging Face, `you/papers`; made private where there is none; needs the extra `hub`",
    )
    hub_token: SecretStr | None = Field(None, description="secret; a token that may write the dataset")
    hub_token_file: Path | None = Field(None, description="file with the token")
    hub_url: str = Field("https://huggingface.co", pattern=r"^https?://", description="address of the hub")
    git_folder: Path | None = Field(
        None, description="folder of a git repository for the text part; made where there is none"
    )
    git_remote: str | None = Field(None, description="where its branch is pushed to; none: it stays on this machine")
    git_branch: str = Field("main", pattern=r"^[\w][\w./-]*$", description="branch of the git repository")
    every_days: int = Field(0, ge=0, description="sync so often by itself; 0: only when asked to")
    with_ratings: bool = Field(
        False, description="also ratings, signals, follows, notes and selections, which say what you think"
    )

    @field_validator("git_folder", "hub_token_file")
    @classmethod
    def _files_start_where_the_settings_lie(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        """A path counts from the folder of the settings file, wherever a command is run."""
        folder: Path = (info.context or {}).get("folder") or Path.cwd()
        return None if path is None else folder / path.expanduser()

    def token(self) -> str:
        """The token for the hub. Raises SettingsError where none is set, or its file cannot be read."""
        if self.hub_token is not None:
            return self.hub_token.get_secret_value()
        if self.hub_token_file is not None:
            return read_secret(self.hub_token_file, "sync.hub_token_file")
        raise SettingsError(
            "sync.hub_dataset needs a token that may write it: put one of https://huggingface.co/settings/tokens into "
            "a file, and set sync.hub_token_file."
        )
