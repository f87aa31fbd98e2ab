from sqlalchemy import create_engine, text


def test_postgresql_is_a_real_server(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as one, engine.connect() as other:
        version = one.scalar(text("SHOW server_version_num"))
        held = one.scalar(text("SELECT pg_try_advisory_lock(42)"))
        refused = other.scalar(text("SELECT pg_try_advisory_lock(42)"))
    engine.dispose()

    assert int(version) >= 180_000
    assert (held, refused) == (True, False)


def test_each_test_starts_with_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE opportunity (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO opportunity VALUES (1)"))
    with engine.connect() as connection:
        rows = connection.scalar(text("SELECT count(*) FROM opportunity"))
    engine.dispose()

    assert rows == 1


def test_what_the_last_test_wrote_is_gone(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE opportunity (id INTEGER PRIMARY KEY)"))
    engine.dispose()
