"""Doing things at the same moment."""

import threading

from django.db import connection


def at_once(*jobs):
    """Run jobs in threads that start together; returns what each gave."""
    start, answers = threading.Barrier(len(jobs)), {}

    def run(number, job):
        try:
            start.wait()
            answers[number] = job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(jobs))]
