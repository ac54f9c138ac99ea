"""The figures of docs/policy/statistics.md worked out a second time, by plain loops over fractions.

Written from the definitions alone and in another order than the product: one candidate's paper at a time, two passes
(mean first, then differences), no shared sums. Only the tests use it.
"""

from fractions import Fraction
from itertools import combinations
from math import sqrt


def average(values):
    return sum(values, Fraction(0)) / len(values) if values else None


def cov(pairs):
    if len(pairs) < 2:
        return None
    mx, my = average([x for x, _y in pairs]), average([y for _x, y in pairs])
    return sum((x - mx) * (y - my) for x, y in pairs) / (len(pairs) - 1)


def var(values):
    return cov([(it, it) for it in values])


def root(value):
    return None if value is None else sqrt(value)


class Book:
    """A mark book: {candidate: {question: (hundredths, out of)}}."""

    def __init__(self, papers):
        self.papers = papers
        self.questions = sorted({q for paper in papers.values() for q in paper})
        self.top = {q: max(p[q][1] for p in papers.values() if q in p) for q in self.questions}
        self.full = max((sum(o for _m, o in p.values()) for p in papers.values()), default=0)

    def mark(self, who, q):
        points, out_of = self.papers[who][q]
        return Fraction(points, out_of) * self.top[q]

    def total(self, who):
        paper = self.papers[who].values()
        return Fraction(sum(p for p, _o in paper), sum(o for _p, o in paper)) * self.full

    def sat(self, q):
        return [who for who, paper in self.papers.items() if q in paper]

    def facility(self, q):
        return average([Fraction(*self.papers[who][q]) for who in self.sat(q)])

    def deviation(self, q):
        return root(var([self.mark(who, q) for who in self.sat(q)]))

    def _rests(self, q):
        return [(self.mark(who, q), self.total(who) - self.mark(who, q)) for who in self.sat(q)]

    def discrimination(self, q):
        pairs = self._rests(q)
        vx, vr = var([x for x, _r in pairs]), var([r for _x, r in pairs])
        if not vx or not vr:
            return None
        return 100 * float(cov(pairs)) / sqrt(vx * vr)

    def efficiency(self, q):
        pairs = self._rests(q)
        # the greatest covariance: highest with highest, found by exchange until nothing improves
        xs, rs = [x for x, _r in pairs], [r for _x, r in pairs]
        order = sorted(range(len(rs)), key=lambda i: rs[i])
        best = [Fraction(0)] * len(xs)
        for rank, i in enumerate(order):
            best[i] = sorted(xs)[rank]
        most = cov(list(zip(best, rs, strict=True)))
        return 100 * float(cov(pairs) / most) if most else None

    def intended(self, q):
        return 100 * float(average(
            [Fraction(self.papers[who][q][1], sum(o for _p, o in self.papers[who].values())) for who in self.sat(q)]))

    def _root_of(self, q):
        shared = cov([(self.mark(who, q), self.total(who)) for who in self.sat(q)])
        return sqrt(shared) if shared is not None and shared >= 0 else None

    def effective(self, q):
        roots = {k: self._root_of(k) for k in self.questions}
        if roots[q] is None:
            return None
        sums = [sum(roots[k] or 0 for k in self.papers[who]) for who in self.sat(q)]
        whole = sum(sums) / len(sums)
        return 100 * roots[q] / whole if whole > 0 else None

    def _variances(self):
        found = {q: var([self.mark(who, q) for who in self.sat(q)]) for q in self.questions}
        cells = [found[q] for paper in self.papers.values() for q in paper if found[q] is not None]
        usual = average(cells)
        return {q: usual if value is None else value for q, value in found.items()}, usual

    def consistency(self):
        variances, usual = self._variances()
        totals = [self.total(who) for who in self.papers]
        spread, size = var(totals), average([Fraction(len(paper)) for paper in self.papers.values()])
        if usual is None or not spread or size <= 1:
            return None
        inner = average([sum(variances[q] for q in paper) for paper in self.papers.values()])
        return 100 * float(size / (size - 1) * (1 - inner / spread))

    def alpha_without(self, q):
        who_sat = self.sat(q)
        if len(who_sat) < 2:
            return None
        variances, _usual = self._variances()
        spread = var([r for _x, r in self._rests(q)])
        size = average([Fraction(len(self.papers[who]) - 1) for who in who_sat])
        if not spread or size <= 1:
            return None
        inner = average([sum((variances[k] for k in self.papers[who] if k != q), Fraction(0)) for who in who_sat])
        return float(size / (size - 1) * (1 - inner / spread))

    def kr20(self):
        if any(p not in (0, o) for paper in self.papers.values() for p, o in paper.values()):
            return None
        rights = [Fraction(sum(p == o for p, o in paper.values())) for paper in self.papers.values()]
        middle = average(rights)
        spread = average([(it - middle) ** 2 for it in rights])
        size = average([Fraction(len(paper)) for paper in self.papers.values()])
        if not spread or size <= 1:
            return None
        inner = average([
            sum(self.facility(q) * (1 - self.facility(q)) for q in paper) for paper in self.papers.values()
        ])
        return float(size / (size - 1) * (1 - inner / spread))

    def median(self):
        totals = sorted(self.total(who) for who in self.papers)
        half = len(totals) // 2
        return float(totals[half] if len(totals) % 2 else (totals[half - 1] + totals[half]) / 2)

    def shape(self):
        """Skewness and kurtosis from k-statistics, by power sums of the raw totals (Kendall & Stuart)."""
        t = [self.total(who) for who in self.papers]
        n = len(t)
        s1, s2, s3, s4 = (sum(it**k for it in t) for k in (1, 2, 3, 4))
        if n < 2 or n * s2 == s1**2:
            return None, None
        k2 = (n * s2 - s1**2) / Fraction(n * (n - 1))
        skew = None
        if n > 2:
            k3 = (2 * s1**3 - 3 * n * s1 * s2 + n**2 * s3) / Fraction(n * (n - 1) * (n - 2))
            skew = float(k3) / float(k2) ** 1.5
        if n < 4:
            return skew, None
        k4 = (
            -6 * s1**4 + 12 * n * s1**2 * s2 - 3 * n * (n - 1) * s2**2 - 4 * n * (n + 1) * s1 * s3
            + n**2 * (n + 1) * s4
        ) / Fraction(n * (n - 1) * (n - 2) * (n - 3))
        return skew, float(k4 / k2**2)


def split_half(papers):
    """Alpha as the mean of all split-half coefficients (Rulon); one paper for everybody, an even number of questions.

    Cronbach's own theorem: a way to alpha that uses none of its formula.
    """
    questions = sorted(next(iter(papers.values())))
    totals = var([Fraction(sum(p for p, _o in paper.values())) for paper in papers.values()])
    found = []
    for half in combinations(questions, len(questions) // 2):
        gaps = [
            Fraction(sum(p if q in half else -p for q, (p, _o) in paper.items())) for paper in papers.values()
        ]
        found.append(1 - var(gaps) / totals)
    return 100 * float(average(found))
