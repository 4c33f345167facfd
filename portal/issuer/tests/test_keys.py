import stat

from portal.issuer import keys


def test_the_key_is_made_once_and_kept_for_its_owner_alone(tmp_path):
    path = tmp_path / "issuer-key.pem"
    first = keys.kept(path)
    assert first.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert keys.kept(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
