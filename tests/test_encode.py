from fractions import Fraction

import av
import numpy as np
import pytest
from outputs_fixture import SAMPLES, moving, probe

from formcheck.outputs.encode import video_writer


def make_source(path, codec, seconds=2.0, rate=44_100, video_delay=0.0):
    """A video of grey pictures with a tone of 440 Hz."""
    with av.open(str(path), "w") as file:
        video = file.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = file.add_stream(codec, rate=rate)
        audio.layout = "mono"
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 99, np.uint8), format="bgr24")
            frame.pts = number + round(video_delay * 30)
            frame.time_base = Fraction(1, 30)
            file.mux(video.encode(frame))
        file.mux(video.encode())
        wave = (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.int16)
        resampler = av.AudioResampler(audio.codec_context.format, "mono", rate, audio.frame_size or None)
        for start in range(0, len(wave), 1024):
            sound = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="s16", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = rate, start, Fraction(1, rate)
            for part in resampler.resample(sound):
                file.mux(audio.encode(part))
        for part in resampler.resample(None):
            file.mux(audio.encode(part))
        file.mux(audio.encode())


def heard(path):
    """Length of the sound in seconds, its start, and the frequency that is loudest."""
    with av.open(str(path)) as file:
        frames = list(file.decode(audio=0))
    rate = frames[0].sample_rate
    wave = np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float64)
    loudest = np.argmax(np.abs(np.fft.rfft(wave))) * rate / len(wave)
    return len(wave) / rate, float(frames[0].pts * frames[0].time_base), loudest


def write(path, count, audio_from=None):
    with video_writer(path, (64, 48), 30.0, audio_from) as put:
        for time_s, picture in moving(count, (64, 48)):
            put(time_s, picture)


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("a.mp4", "aac", "aac"),
        ("b.mp4", "libmp3lame", "mp3float"),
        ("c.mkv", "pcm_s16le", "aac"),
        ("d.mkv", "flac", "aac"),
    ],
)
def test_sound_is_kept(tmp_path, name, codec, kept):
    make_source(tmp_path / name, codec)
    write(tmp_path / "o.mp4", 30, tmp_path / name)
    _, stamps, sound = probe(tmp_path / "o.mp4")
    assert (len(stamps), sound) == (30, [kept])
    length, start, loudest = heard(tmp_path / "o.mp4")
    assert length == pytest.approx(2.0, abs=0.1)
    assert start == pytest.approx(0.0, abs=0.06)
    assert loudest == pytest.approx(440, abs=2)


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_sound_before_the_first_picture_is_left_out(tmp_path, codec):
    make_source(tmp_path / "a.mkv", codec, seconds=2.0, video_delay=0.5)
    write(tmp_path / "o.mp4", 30, tmp_path / "a.mkv")
    length, _, _ = heard(tmp_path / "o.mp4")
    assert length == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("broken", ["missing.mp4", "text.mp4", "silent.mp4", "cut.mkv"])
def test_a_broken_sound_track_costs_no_picture(tmp_path, broken):
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "silent.mp4").write_bytes((SAMPLES / "clip10.mp4").read_bytes())
    make_source(tmp_path / "cut.mkv", "aac")
    data = (tmp_path / "cut.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 2 // 3])
    write(tmp_path / "o.mp4", 10, tmp_path / broken)
    assert len(probe(tmp_path / "o.mp4")[1]) == 10


def test_the_writer_takes_times_that_stand_still(tmp_path):
    with video_writer(tmp_path / "o.mp4", (64, 48)) as put:
        for time_s, picture in moving(4, (64, 48), times=[0.0, 0.0, 0.0, 0.1]):
            put(time_s, picture)
    stamps = probe(tmp_path / "o.mp4")[1]
    assert len(stamps) == 4
    assert sorted(set(stamps)) == stamps
