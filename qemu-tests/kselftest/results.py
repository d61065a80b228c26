#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Results of the kernel's selftests as data: read a guest's log, compare, write, show.

    results.py compare LOG STORED [PROGRAM..]   TAP without numbers; status 1 if anything differs
    results.py rewrite LOG STORED               what is to be stored, on standard output
    results.py diff STORED STORED               a table of what differs
    results.py count STORED..                   a table of how many of each result

A log is a line "== program NAME" (or "== programs NAME..", what is going to run), the program's own
output, and "== status NUMBER", for each program. Stored is JSON:

    {"PROGRAM": {"status": 0, "cases": {"NAME": {"result": "pass"}, ..}}, ..}

result is pass, skip or xfail. "said" is the reason that the test itself printed. An xfail with "why" is
one that the test called a failure, and why is the reason, written by hand: a failure without it never
compares well. A program that ends without naming a case has one, named like itself, by its status.
"""
import json
import re
import sys

PASS, XFAIL, SKIP, TIMEOUT = 0, 2, 4, 124
KTAP = re.compile(r'(not )?ok \d+ (.+?)\s*(?:# *(SKIP|XFAIL)\b *(.*))?$')
LIB_SH = re.compile(r'TEST: (.+?)\s+\[ *(OK|FAIL|SKIP|XFAIL) *\]$')
# Parts of a reason that differ from run to run.
VARIES = ((re.compile(r'0x[0-9a-f]+'), '0x..'), (re.compile(r'\b\d+(\.\d+)?(?=( ?[mun]?s\b| seconds))'), 'N'))


def steady(reason):
    """A printed reason without what differs from run to run."""
    for pattern, text in VARIES:
        reason = pattern.sub(text, reason)
    return reason.strip()


def read_case(line, after):
    """A case as (name, result, said), or None if the line is none; after is the line that follows."""
    match = KTAP.match(line)
    if match:
        bad, name, directive, reason = match.groups()
        result = 'fail' if bad else {'SKIP': 'skip', 'XFAIL': 'xfail'}.get(directive, 'pass')
        return name, result, reason or ''
    match = LIB_SH.match(line)
    if match:
        result = {'OK': 'pass', 'FAIL': 'fail', 'SKIP': 'skip', 'XFAIL': 'xfail'}[match[2]]
        return ' '.join(match[1].split()), result, after.strip() if after.startswith('\t') else ''
    return None


def entry(result, said=''):
    """A result as it is stored, but for a failure, which has no why yet."""
    said = steady(said)
    return {'result': result, 'said': said} if said and result in ('skip', 'xfail') else {'result': result}


def read_program(name, lines, status):
    """The cases of one program's output."""
    cases = {}
    for i, line in enumerate(lines):
        case = read_case(line, lines[i + 1] if i + 1 < len(lines) else '')
        if not case:
            continue
        base = key = case[0]
        count = 1
        while key in cases:
            count += 1
            key = f'{base} ({count})'
        cases[key] = entry(case[1], case[2])
    if not cases:
        said = next((line for line in reversed(lines) if line.strip() and not line.startswith('[')), '')
        result = {PASS: 'pass', SKIP: 'skip', XFAIL: 'xfail'}.get(status, 'fail')
        cases[name.rsplit('/', 1)[-1]] = entry(result, re.sub(r'^(# *)?(SKIP:? *)?', '', said))
    return {'status': status, 'cases': cases}


def read_log(path):
    """All programs of a log; one that was to run and has no status is there with status None."""
    programs, name, lines = {}, None, []
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file.read().splitlines():
            word = line.split()
            if line.startswith('== programs '):
                programs = {program: {'status': None, 'cases': {}} for program in word[2:]}
            elif line.startswith('== program '):
                name, lines = word[2], []
            elif line.startswith('== status ') and name:
                programs[name] = read_program(name, lines, int(word[2]))
                name = None
            else:
                lines.append(line)
    if name:
        programs[name] = {'status': None, 'cases': read_program(name, lines, None)['cases']}
    return programs


def load(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def short(case):
    """A case for a reader."""
    if case is None:
        return 'not there'
    reason = case.get('said') or case.get('why')
    return f"{case['result']}: {reason}" if reason else case['result']


def same(got, stored):
    if got is None or stored is None:
        return False
    if got['result'] == 'fail':
        return stored['result'] == 'xfail' and bool(stored.get('why'))
    return got == stored


def status_text(status):
    return {None: 'did not end', TIMEOUT: 'was ended at its time limit'}.get(status, f'ended with status {status}')


def compare(log, stored):
    """Print TAP without numbers, one check for each program; True if all is as stored."""
    good = True
    for name in sorted(log.keys() | stored.keys()):
        got = log.get(name, {'status': None, 'cases': {}})
        want = stored.get(name, {'status': None, 'cases': {}})
        lines = []
        if name not in stored:
            lines.append('nothing is stored')
        if got['status'] is None or got['status'] != want['status']:
            lines.append(f"{status_text(got['status'])}, stored: {status_text(want['status'])}")
        for case in list(want['cases']) + [case for case in got['cases'] if case not in want['cases']]:
            pair = got['cases'].get(case), want['cases'].get(case)
            if not same(*pair):
                lines.append(f'{case}: {short(pair[0])}, stored: {short(pair[1])}')
        counts = ' '.join(f'{count} {result}' for result, count in count_cases(want).items() if count)
        print(f"{'not ok' if lines else 'ok'} - {name}: {counts or 'no case'}")
        for line in lines:
            print(f'# {line}')
        good &= not lines
    return good


def rewrite(log, stored):
    """What is to be stored: the log, with the reasons of failures that are known."""
    for name, program in log.items():
        for case, got in program['cases'].items():
            if got['result'] == 'fail':
                known = stored.get(name, {'cases': {}})['cases'].get(case, {})
                program['cases'][case] = {'result': 'xfail', 'why': known.get('why', '')}
    return log


def dump(programs):
    """JSON with a line for each case."""
    out = []
    for name in sorted(programs):
        cases = ',\n'.join(f'   {json.dumps(case)}: {json.dumps(got)}'
                           for case, got in programs[name]['cases'].items())
        out.append(f' {json.dumps(name)}: {{\n  "status": {json.dumps(programs[name]["status"])},\n'
                   f'  "cases": {{\n{cases}\n  }}\n }}')
    return '{\n' + ',\n'.join(out) + '\n}\n'


def count_cases(program):
    counts = {'pass': 0, 'xfail': 0, 'skip': 0}
    for case in program['cases'].values():
        counts[case['result']] += 1
    return counts


def diff(paths):
    """Print cases whose results differ between two stored files, as a table."""
    one, two = (load(path) for path in paths)
    print(f'| Case | {paths[0]} | {paths[1]} |\n|---|---|---|')
    for name in sorted(one.keys() | two.keys()):
        pair = [side.get(name, {'cases': {}})['cases'] for side in (one, two)]
        for case in list(pair[0]) + [case for case in pair[1] if case not in pair[0]]:
            left, right = pair[0].get(case), pair[1].get(case)
            if left != right:
                print(f'| {name} {case} | {short(left)} | {short(right)} |')


def count(paths):
    print('| | pass | xfail | skip |\n|---|---|---|---|')
    for path in paths:
        total = {'pass': 0, 'xfail': 0, 'skip': 0}
        for program in load(path).values():
            for result, number in count_cases(program).items():
                total[result] += number
        print(f"| {path} | {total['pass']} | {total['xfail']} | {total['skip']} |")


def main():
    verb, paths = sys.argv[1], sys.argv[2:]
    if verb == 'compare':
        log, stored, only = read_log(paths[0]), load(paths[1]), paths[2:]
        if only:
            stored = {name: program for name, program in stored.items() if name in only}
        sys.exit(not compare(log, stored))
    if verb == 'rewrite':
        try:
            stored = load(paths[1])
        except FileNotFoundError:
            stored = {}
        sys.stdout.write(dump(rewrite(read_log(paths[0]), stored)))
    elif verb == 'diff':
        diff(paths)
    elif verb == 'count':
        count(paths)
    else:
        sys.exit(f"results.py: verb is '{verb}': must be compare, rewrite, diff or count")


main()
