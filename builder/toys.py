"""Toys besides the fox, made of the same pills, each with a motion that comes back to where it began.

Axes are the fox's: Y up, the ground at 0; see `builder.toy`. ``cycle`` 0 and 1 are the same pose.
"""

import math

from builder.toy import BLACK, CREAM, ORANGE, WHITE, Colour, Pill, Point

BLUE: Colour = (64, 116, 190)
PALE: Colour = (206, 224, 240)
GREEN: Colour = (96, 160, 84)
LIME: Colour = (196, 216, 132)
RED: Colour = (206, 66, 58)
GOLD: Colour = (244, 190, 62)
NAVY: Colour = (52, 66, 110)
SKIN: Colour = (240, 190, 150)
HAIR: Colour = (92, 58, 38)

SPINE = 14  # pills of a long body


def swimming_dolphin(cycle: float) -> list[Pill]:
    """A dolphin that swims along +X: a wave runs down its body to the flukes."""
    turn = 2 * math.pi * cycle
    spine = [_on_spine(share / SPINE, turn) for share in range(SPINE + 1)]
    pills = []
    for part in range(SPINE):
        radii = (_girth(part / SPINE), _girth((part + 1) / SPINE))
        pills.append(Pill(spine[part], spine[part + 1], radii, BLUE))
        if 1 <= part < SPINE - 4:  # the belly
            start, end = (
                _moved(spine[index], 0.02, -0.42 * _girth(index / SPINE)) for index in (part, part + 1)
            )
            pills.append(Pill(start, end, (0.74 * radii[0], 0.74 * radii[1]), PALE))
    head, back, tail = spine[0], spine[5], spine[-1]
    pills += [
        Pill(_moved(head, 0.0, -0.03), _moved(head, 0.26, -0.07), (0.075, 0.04), BLUE),
        Pill(_moved(back, 0.1, 0.16), _moved(back, -0.14, 0.36), (0.1, 0.025), BLUE),
    ]
    slope = math.atan2(spine[-2][1] - tail[1], spine[-2][0] - tail[0])
    for side in (-1, 1):
        fin = _moved(spine[3], -0.02, -0.12, side * 0.15)
        sweep = 0.1 * math.sin(turn - 1)
        pills += [
            Pill(fin, _moved(fin, -0.2, -0.2 + sweep, side * 0.2), (0.075, 0.03), BLUE),
            Pill(
                tail,
                _moved(tail, -0.22 * math.cos(slope), -0.22 * math.sin(slope), side * 0.26),
                (0.06, 0.03),
                BLUE,
            ),
            _ball(_moved(head, 0.04, 0.04, side * 0.168), 0.036, BLACK),
            _ball(_moved(head, 0.055, 0.056, side * 0.198), 0.01, WHITE),
        ]
    return pills


def _on_spine(share: float, turn: float) -> Point:
    """A place on the dolphin's spine, 0 at the head and 1 at the tail, which swings the most."""
    swing = 0.03 + 0.24 * share**1.7
    return 0.72 - 1.75 * share, 0.85 + swing * math.sin(turn - 3.6 * share), 0.0


def _girth(share: float) -> float:
    """The radius of the dolphin's body there."""
    return 0.05 + 0.2 * math.sin(math.pi * min(1.0, 0.16 + 0.84 * share) ** 0.75)


def flapping_bird(cycle: float) -> list[Pill]:
    """A bird that looks along +Z, and flaps its wings in the air."""
    turn = 2 * math.pi * cycle
    y = 0.86 - 0.07 * math.sin(turn - 0.4)
    pills = [
        Pill((0, y - 0.14, 0), (0, y + 0.08, 0.02), (0.24, 0.22), RED),
        Pill((0, y - 0.14, 0.09), (0, y + 0.02, 0.1), (0.18, 0.16), CREAM),
        _ball((0, y + 0.36, 0.06), 0.21, RED),
        Pill((0, y + 0.33, 0.24), (0, y + 0.28, 0.37), (0.07, 0.02), GOLD),
        Pill((0, y - 0.3, -0.1), (0, y - 0.52, -0.3), (0.12, 0.07), BLUE),
    ]
    for side in (-1, 1):
        pills += [
            _ball((side * 0.1, y + 0.42, 0.23), 0.045, BLACK),
            _ball((side * 0.088, y + 0.437, 0.269), 0.011, WHITE),
            Pill((side * 0.08, y - 0.36, 0.06), (side * 0.09, y - 0.46, 0.12), (0.035, 0.03), GOLD),
            Pill((side * 0.03, y + 0.54, 0.02), (side * 0.06, y + 0.68, -0.06), (0.05, 0.02), GOLD),
        ]
        place, parts = (side * 0.18, y + 0.08, -0.02), 7
        for part in range(parts):  # the tip lags behind the shoulder
            lift = 0.15 + 0.75 * math.sin(turn - 0.17 * part) - 0.06 * part
            end = _moved(place, side * 0.125 * math.cos(lift), 0.125 * math.sin(lift))
            colour = RED if part < 3 else GOLD if part < 4 else BLUE
            radii = (0.13 - 0.011 * part, 0.119 - 0.011 * part)
            pills += [
                Pill(_moved(place, 0, down), _moved(end, 0, down), (0.5 * radii[0], 0.5 * radii[1]), colour)
                for down in (0.0, -0.09)
            ]
            place = end
    return pills


def waving_child(cycle: float) -> list[Pill]:
    """A child that looks along +Z, waves with one hand and bends its knees."""
    turn = 2 * math.pi * cycle
    dip = 0.035 * (1 - math.cos(2 * turn)) / 2
    lean = 0.05 * math.sin(turn)
    hip, neck, face_x = 0.58 - dip, 1.08 - dip, 1.4 * lean
    pills = [
        Pill((0, hip + 0.08, 0), (lean, neck - 0.08, 0), (0.19, 0.17), RED),
        _ball((face_x, neck + 0.25, 0.02), 0.25, SKIN),
        Pill((face_x - 0.1, neck + 0.36, -0.06), (face_x + 0.1, neck + 0.36, -0.06), (0.2, 0.2), HAIR),
        Pill((face_x, neck + 0.2, -0.12), (face_x, neck + 0.3, -0.1), (0.19, 0.2), HAIR),
        Pill((face_x - 0.05, neck + 0.155, 0.245), (face_x + 0.05, neck + 0.155, 0.245), (0.018, 0.018), RED),
    ]
    for side in (-1, 1):
        knee = (side * 0.14, 0.31 - dip * 0.5, 0.03 + dip)
        foot = (side * 0.15, 0.06, 0.0)
        pills += [
            Pill((side * 0.11, hip, 0), knee, (0.12, 0.09), NAVY),
            Pill(knee, foot, (0.09, 0.075), NAVY),
            Pill(foot, (side * 0.16, 0.055, 0.12), (0.075, 0.07), CREAM),
            _ball((face_x + side * 0.095, neck + 0.27, 0.25), 0.036, BLACK),
            _ball((face_x + side * 0.085, neck + 0.285, 0.282), 0.01, WHITE),
        ]
    shoulder = (lean + 0.2, neck - 0.06, 0.0)
    elbow = (shoulder[0] + 0.26, shoulder[1] + 0.1, 0.05)
    swing = math.pi / 2 - 0.15 + 0.55 * math.sin(2 * turn)
    hand = (elbow[0] + 0.3 * math.cos(swing), elbow[1] + 0.3 * math.sin(swing), 0.08)
    pills += [
        Pill(shoulder, elbow, (0.085, 0.07), RED),
        Pill(elbow, hand, (0.065, 0.055), SKIN),
        _ball(hand, 0.075, SKIN),
    ]
    shoulder = (lean - 0.2, neck - 0.06, 0.0)
    elbow = (shoulder[0] - 0.16, shoulder[1] - 0.22, -0.02)
    hand = (elbow[0] - 0.02, elbow[1] - 0.22, 0.1 + 0.06 * math.sin(turn))
    pills += [
        Pill(shoulder, elbow, (0.085, 0.07), RED),
        Pill(elbow, hand, (0.065, 0.055), SKIN),
        _ball(hand, 0.07, SKIN),
    ]
    return pills


def nodding_dinosaur(cycle: float) -> list[Pill]:
    """A dinosaur that looks along +X; its long neck and its tail sway."""
    turn = 2 * math.pi * cycle
    y = 0.62 + 0.012 * math.sin(2 * turn)
    pills = [
        Pill((-0.34, y, 0), (0.2, y + 0.02, 0), (0.25, 0.24), GREEN),
        Pill((-0.3, y - 0.1, 0), (0.18, y - 0.09, 0), (0.19, 0.18), LIME),
    ]
    place: Point = (0.3, y + 0.12, 0.0)
    for part in range(8):
        lift = 1.25 + 0.28 * math.sin(turn - 0.22 * part) - 0.05 * part
        end = _moved(place, 0.1 * math.cos(lift), 0.1 * math.sin(lift))
        pills.append(Pill(place, end, (0.155 - 0.01 * part, 0.145 - 0.01 * part), GREEN))
        place = end
    nod = 0.05 * math.sin(turn - 2)
    pills += [
        Pill(place, _moved(place, 0.2, 0.01 + nod), (0.13, 0.1), GREEN),
        Pill(_moved(place, 0.06, -0.05), _moved(place, 0.21, -0.04 + nod), (0.09, 0.075), LIME),
    ]
    pills += [_ball(_moved(place, 0.05, 0.06, side * 0.105), 0.04, BLACK) for side in (-1, 1)]
    pills += [_ball(_moved(place, 0.065, 0.078, side * 0.136), 0.01, WHITE) for side in (-1, 1)]
    place = (-0.46, y, 0.0)
    for part in range(9):
        lift = -0.42 + 0.1 * part + 0.16 * math.sin(turn - 0.5 * part)
        end = _moved(place, -0.105 * math.cos(lift), 0.105 * math.sin(lift))
        pills.append(Pill(place, end, (0.2 - 0.019 * part, 0.181 - 0.019 * part), GREEN))
        place = end
    for index, x in enumerate((-0.42, -0.2, 0.02, 0.22)):  # plates along the back
        top = y + 0.33 + 0.03 * (index in (1, 2))
        pills.append(Pill((x, y + 0.2, 0), (x - 0.04, top, 0), (0.075, 0.035), ORANGE))
    for x in (-0.32, 0.2):
        for side in (-1, 1):
            foot = (x, 0.07, side * 0.17)
            pills += [
                Pill((x, y - 0.1, side * 0.13), foot, (0.13, 0.095), GREEN),
                _ball((x + 0.05, 0.06, side * 0.17), 0.075, LIME),
            ]
    return pills


def _ball(centre: Point, radius: float, colour: Colour) -> Pill:
    return Pill(centre, centre, (radius, radius), colour)


def _moved(place: Point, x: float, y: float, z: float = 0.0) -> Point:
    return place[0] + x, place[1] + y, place[2] + z
