# For contributors. A newcomer needs only the two commands of the README.
.PHONY: up test check format pins strings messages

up:
	python manage.py up

test:
	pytest

check:
	ruff check .
	ruff format --check .
	djlint templates --lint --quiet
	lint-imports
	python .ci/with_servers.py python manage.py makemigrations --check --dry-run
	python .ci/check_locale.py
	pytest

format:
	ruff check --fix .
	ruff format .

# Needs `pip install uv`. No address of an index is written, so that everybody's own is used.
PINS = uv pip compile --universal --python-version 3.11 --generate-hashes --no-config --no-emit-index-url --no-emit-find-links --custom-compile-command "make pins" --quiet
pins:
	$(PINS) requirements.in --output-file requirements.txt
	$(PINS) --constraints requirements.txt requirements-dev.in --output-file requirements-dev.txt

# Needs GNU gettext. Puts new texts into locale/en, where their English is written by hand; then `make messages`.
# Left out: what has one language, as portal/tests/test_locale.py lists it.
strings:
	python .ci/with_servers.py python manage.py makemessages --locale en --no-location --no-wrap --no-obsolete \
		$(patsubst %,--ignore "%",*/tests/* tests/* */testing/* docs/* benchmarks/* .* var/* */management/* */admin.py accounts/admin/* portal/messaging/admin/* portal/paging.py */apps.py portal/issuer/* desk.py dossier_page.py \
		library.py inbox.py templates/admin/* templates/dev/* templates/messages/*)

# Babel writes the compiled catalogues, so that GNU gettext is not needed.
messages:
	pybabel compile --directory locale --domain django
