import threading
import time

from bot.people_first import PeopleFirst


def test_nobody_there_is_nobody_to_wait_for() -> None:
    began = time.monotonic()

    PeopleFirst().give_way(5)

    assert time.monotonic() - began < 1


def test_work_begins_when_the_last_person_is_answered() -> None:
    people, began = PeopleFirst(), threading.Event()

    def work() -> None:
        people.give_way(10)
        began.set()

    thread = threading.Thread(target=work)
    with people.serving():
        with people.serving():
            thread.start()
            early = began.wait(0.1)
        still = began.wait(0.1)
    late = began.wait(5)
    thread.join()

    assert (early, still, late) == (False, False, True)


def test_a_storm_of_people_does_not_stop_the_work() -> None:
    people, began = PeopleFirst(), time.monotonic()

    with people.serving():
        people.give_way(0.1)

    assert 0.1 <= time.monotonic() - began < 2


def test_somebody_whose_answer_failed_is_not_waited_for() -> None:
    people = PeopleFirst()
    try:
        with people.serving():
            raise OSError
    except OSError:
        pass
    began = time.monotonic()

    people.give_way(5)

    assert time.monotonic() - began < 1
