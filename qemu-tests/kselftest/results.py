#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Results of the kernel's selftests as data: read a guest's log, compare, write, show.

    results.py compare LOG STORED [PROGRAM..]   TAP without numbers; status 3 if anything differs
    results.py rewrite LOG STORED               what is to be stored, on standard output
    results.py diff STORED STORED               a table of what differs
    results.py count STORED..                   a table of how many of each result
    results.py against PEER OURS [PEER OURS]..  tables of what OURS does otherwise than PEER; status 1 if it
                                                does not pass what PEER passes

A log is a line "== program NAME" (or "== programs NAME..", what is going to run), the program's own
output, and "== status NUMBER", for each program. Stored is JSON:

    {"PROGRAM": {"status": 0, "cases": {"NAME": {"result": "pass"}, ..}}, ..}

result is pass, skip or xfail. "said" is the reason that the test itself printed. An xfail with "why" is
one that the test called a failure, and why is the reason, written by hand: a failure without it never
compares well; "sometimes": true is for one that hangs on chance, and may pass, and without "said" fail in
several ways; "said" is a list where there are some, of which any is good; one that the test itself calls an
xfail has no "why". A program that ends without naming a case has one, named like itself, by its status.
"""
import json
import re
import sys

PASS, XFAIL, SKIP, TIMEOUT = 0, 2, 4, 124
KTAP = re.compile(r'(not )?ok \d+ (.+?)\s*(?:# *(SKIP|XFAIL)\b *(.*))?$')
KERNEL = re.compile(r'\[ *\d+\.\d+\] ')
LIB_SH = re.compile(r'TEST: (.+?)\s+\[ *(OK|FAIL|SKIP|XFAIL) *\]$')
# The last line of a Python exception, as the tests' library prints it.
RAISED = re.compile(r'(?:# Exception\| )?([\w.]*(?:Error|Exception|Ex|Failure|Timeout|Expired)\b.*)')
COMMENT = re.compile(r'# *(Exception\||Check\|)? *')


def cause(lines):
    """What was printed of a failure's cause, without numbers, which differ from run to run."""
    lines = [line for line in lines if COMMENT.sub('', line).strip() and not KERNEL.match(line)]
    raised = [i for i, line in enumerate(lines) if RAISED.fullmatch(line)]
    checks = [line for line in lines if 'Check failed' in line]
    if raised and not (checks and lines.index(checks[-1]) > raised[-1]):
        lines = lines[raised[-1]:]
    else:
        lines = checks[-1:] or lines[-1:]
    text = ' '.join(COMMENT.sub('', line).strip() for line in lines)
    ran = re.search(r'CMD[^ ]*: (\S+).* EXIT: \d+(?: STD(?:OUT|ERR):)? *(.*)', text)
    if ran:
        text = f"{ran[1].rsplit('/', 1)[-1]}: {ran[2].rsplit('STDERR: ', 1)[-1]}"
    text = re.sub(r'\b(\w+\.)+(?=[A-Z])', '', text)
    text = re.sub(r'\b0x[0-9a-f]+', 'N', text)
    text = re.sub(r'(?<![A-Za-z])\d+(\.\d+)*', 'N', text)
    # Lists, of which the length differs as well
    return re.sub(r'\[N(, N)+\]', '[N, ..]', re.sub(r'\{N[^}]*\}', '{N ..}', text))[:200]


def read_case(line, after):
    """A case as (name, result, said), or None if the line is none; after is the line that follows."""
    match = KTAP.match(line)
    if match:
        bad, name, directive, reason = match.groups()
        result = 'fail' if bad else {'SKIP': 'skip', 'XFAIL': 'xfail'}.get(directive, 'pass')
        # A check that failed before says more.
        return name, result, '' if bad else reason or ''
    match = LIB_SH.match(line)
    if match:
        result = {'OK': 'pass', 'FAIL': 'fail', 'SKIP': 'skip', 'XFAIL': 'xfail'}[match[2]]
        name = ' '.join(match[1].split())
        # log_test of forwarding/lib.sh has no other way to say it.
        if name.startswith('SKIP: '):
            name, result = name[6:], 'skip'
        return name, result, after.strip() if after.startswith('\t') else ''
    return None


def entry(result, said):
    """A result as it is stored, but for a failure, which has no why yet."""
    return {'result': result, 'said': said.strip()} if said.strip() and result != 'pass' else {'result': result}


def stand_in(name):
    """The one case of a program that ends without naming any."""
    return name.rsplit('/', 1)[-1]


def by_status(status):
    """And its result."""
    return {PASS: 'pass', SKIP: 'skip', XFAIL: 'xfail'}.get(status, 'fail')


def read_program(name, lines, status):
    """The cases of one program's output."""
    cases, begin = {}, 0
    for i, line in enumerate(lines):
        case = read_case(line, lines[i + 1] if i + 1 < len(lines) else '')
        if not case:
            continue
        base, result, said = case
        key, number = base, 1
        while key in cases:
            number += 1
            key = f'{base} ({number})'
        cases[key] = entry(result, said or (cause(lines[begin:i]) if result == 'fail' else ''))
        begin = i + 1
    if not cases:
        cases[stand_in(name)] = entry(by_status(status), re.sub('^SKIP:? *', '', cause(lines)))
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


def ways(case):
    """All that a case may say."""
    said = case.get('said')
    return said if isinstance(said, list) else [said]


def short(case):
    """A case for a reader."""
    if case is None:
        return 'not there'
    said = ', or '.join(filter(None, ways(case)))
    return ': '.join(filter(None, (case['result'], said, case.get('why')))).replace('|', '\\|')


def same(got, stored):
    if not got or not stored:
        return False
    if got['result'] == 'pass' and stored.get('sometimes'):
        return True
    if got['result'] == 'fail':
        chance = stored.get('sometimes') and 'said' not in stored
        return bool(stored.get('why')) and (chance or got.get('said') in ways(stored))
    return got == {key: value for key, value in stored.items() if key != 'sometimes'}


def status_text(status):
    return {None: 'did not end', TIMEOUT: 'was ended at its time limit'}.get(status, f'ended with status {status}')


def statuses(program):
    """Statuses that a stored program may end with."""
    chance = any(case.get('sometimes') for case in program['cases'].values())
    return {program['status'], PASS} if chance else {program['status']}


def compare(log, stored):
    """Print TAP without numbers, one check for each program; True if all is as stored."""
    good = True
    for name in sorted(log.keys() | stored.keys()):
        got = log.get(name, {'status': None, 'cases': {}})
        want = stored.get(name, {'status': None, 'cases': {}})
        lines = []
        if name not in stored:
            lines.append('nothing is stored')
        if got['status'] is None or got['status'] not in statuses(want):
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
    """What is to be stored: the log, with what is known of failures."""
    cut = [name for name, program in log.items() if program['status'] in (None, TIMEOUT)]
    if cut or not log:
        sys.exit(f"results.py: not to be stored, did not end: {' '.join(cut) or 'nothing was run'}")
    for name, program in log.items():
        for case, got in program['cases'].items():
            known = stored.get(name, {'cases': {}})['cases'].get(case, {})
            if same(got, known):
                program['cases'][case] = known
                program['status'] = max(program['status'] or 0, bool(known.get('sometimes') and known.get('why')))
            elif got['result'] == 'fail':
                program['cases'][case] = {**got, 'result': 'xfail', 'why': ''}
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


def pairs(one, two, programs):
    """Each case of the programs, as (name, what ONE has of it, what TWO has); None: nothing."""
    for name in sorted(programs):
        sides = [side.get(name, {'cases': {}}) for side in (one, two)]
        left, right = (side['cases'] for side in sides)
        # Where only one names its cases, they end alike if the programs do.
        if (stand_in(name) in left) != (stand_in(name) in right) and left and right:
            left, right = (side['cases'] if stand_in(name) in side['cases'] else
                           {stand_in(name): entry(by_status(side['status']), '')} for side in sides)
        for case in left | right:
            yield f'{name} {case}', left.get(case), right.get(case)


def diff(paths):
    """Print cases whose results differ between two stored files, as a table."""
    one, two = (load(path) for path in paths)
    print(f'| Case | {paths[0]} | {paths[1]} |\n|---|---|---|')
    for name, left, right in pairs(one, two, one.keys() | two.keys()):
        if left != right:
            print(f'| {name} | {short(left)} | {short(right)} |')


def count(paths):
    print('| | pass | xfail | skip |\n|---|---|---|---|')
    for path in paths:
        total = {'pass': 0, 'xfail': 0, 'skip': 0}
        for program in load(path).values():
            for result, number in count_cases(program).items():
                total[result] += number
        print(f"| {path} | {total['pass']} | {total['xfail']} | {total['skip']} |")


def totals(side, programs):
    counts = [count_cases(side[name]) for name in programs if name in side]
    return '/'.join(str(sum(count[result] for count in counts)) for result in ('pass', 'xfail', 'skip'))


def against(paths):
    """Print how many cases end how, and those that differ, as tables; True if none that passes for PEER does not.

    Of programs that were run with PEER alone only the names are printed."""
    counts, rows, good = [], [], True
    for one, two in zip(paths[::2], paths[1::2]):
        suite, peer, ours = one.removesuffix('.json').rsplit('-', 1)[0], load(one), load(two)
        found = [row for row in pairs(peer, ours, ours)
                 if (row[1] or {}).get('result') != (row[2] or {}).get('result')]
        worse = sum(bool(left) and left['result'] == 'pass' for _, left, _ in found)
        good &= not worse
        absent = ', '.join(name.rsplit('/', 1)[-1] for name in sorted(peer.keys() - ours.keys()))
        counts.append(f'| {suite} | {totals(peer, ours)} | {totals(ours, ours)} | {worse} | {absent} |')
        rows += [f'| {suite} | {name} | {short(left)} | {short(right)} |' for name, left, right in found]
    print('| Suite, kernel | in-tree: pass/xfail/skip | ours | passes for in-tree alone | not run with ours |\n'
          '|---|---|---|---|---|')
    print('\n'.join(counts))
    if rows:
        print('\n| Suite, kernel | Case | in-tree | ours |\n|---|---|---|---|')
        print('\n'.join(rows))
    return good


def main():
    verb, paths = sys.argv[1], sys.argv[2:]
    if verb == 'compare':
        log, stored, only = read_log(paths[0]), load(paths[1]), paths[2:]
        if only:
            stored = {name: program for name, program in stored.items() if name in only}
        # Not 1, which is what the interpreter ends with when it cannot go on.
        sys.exit(0 if compare(log, stored) else 3)
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
    elif verb == 'against':
        sys.exit(not against(paths))
    else:
        sys.exit(f"results.py: verb is '{verb}': must be compare, rewrite, diff, count or against")


main()
