"""The tree of errors: each has a stable code and a message that is safe to show to the caller.

JobError                      (never raised itself)
├── InvalidInput              INVALID_INPUT        the request breaks the schema
├── InvalidBase64             INVALID_BASE64       a file of the request is not base64
├── EmptyInput                EMPTY_INPUT          a file of the request has zero bytes
├── TooLarge                  TOO_LARGE            more bytes than the worker takes
├── UrlNotAllowed             URL_NOT_ALLOWED      scheme, host or address is refused
├── DownloadFailed            DOWNLOAD_FAILED      the server refused or could not be reached
│   ├── DownloadTimeout       DOWNLOAD_TIMEOUT     it took too long
│   └── DownloadIncomplete    DOWNLOAD_INCOMPLETE  fewer bytes came than were promised
├── VideoError                VIDEO_UNREADABLE     the file cannot be decoded
│   ├── NotAVideo             NOT_A_VIDEO          its bytes are of another kind
│   ├── NoVideoStream         NO_VIDEO_STREAM      a container without pictures
│   ├── VideoTooShort         VIDEO_TOO_SHORT      fewer frames than the engine needs
│   ├── VideoTooLong          TOO_LONG             longer than the worker takes
│   ├── TooManyFrames         TOO_MANY_FRAMES      more frames than the worker takes
│   └── FrameTooLarge         TOO_LARGE_FRAME      a picture with too many pixels
├── NotAMesh                  NOT_A_MESH           the mesh is no GLB, or none that is fit for the job
├── EngineError               ENGINE_FAILED        the engine found no result
│   ├── SubjectNotFound       SUBJECT_NOT_FOUND    nothing, or everything, is the subject
│   ├── ModelMissing          MODEL_MISSING        the masks asked for need a model that is not installed
│   ├── NoSurface             NO_SURFACE           image-to-3D found no surface in the anchor frame
│   ├── GpuTooSmall           GPU_TOO_SMALL        the mode needs more memory than this worker's GPU has
│   ├── GpuFailed             GPU_FAILED           the GPU stopped working
│   └── OutOfMemory           OUT_OF_MEMORY        the memory ran out on the way
├── TimeoutTooShort           TIMEOUT_TOO_SHORT    the job would take longer than its host allows it
├── ExportFailed              EXPORT_FAILED        a result file could not be written
├── StorageFailed             STORAGE_FAILED       results could not be stored
├── DiskFull                  DISK_FULL            the worker's disk has no room for a job
└── Internal                  INTERNAL             a fault of ours; details in the log

Cancelled (BaseException)     the caller cancelled; no ``except Exception`` swallows it
StartError                    the worker cannot start: settings, engine
"""

from typing import ClassVar


class JobError(Exception):
    """An error of one job.

    ``str(error)`` is ``"CODE: message"``. The message is written for the caller: no path, host name, key
    or traceback. What only the log should hold goes into ``raise … from`` or ``detail``.
    """

    code: ClassVar[str] = "INTERNAL"
    poisons: ClassVar[bool] = False  # whether it may leave the worker unfit for the next job

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class InvalidInput(JobError):
    code = "INVALID_INPUT"


class InvalidBase64(JobError):
    code = "INVALID_BASE64"


class EmptyInput(JobError):
    code = "EMPTY_INPUT"


class TooLarge(JobError):
    code = "TOO_LARGE"


class UrlNotAllowed(JobError):
    code = "URL_NOT_ALLOWED"


class DownloadFailed(JobError):
    code = "DOWNLOAD_FAILED"


class DownloadTimeout(DownloadFailed):
    code = "DOWNLOAD_TIMEOUT"


class DownloadIncomplete(DownloadFailed):
    code = "DOWNLOAD_INCOMPLETE"


class VideoError(JobError):
    code = "VIDEO_UNREADABLE"


class NotAVideo(VideoError):
    code = "NOT_A_VIDEO"


class NoVideoStream(VideoError):
    code = "NO_VIDEO_STREAM"


class VideoTooShort(VideoError):
    code = "VIDEO_TOO_SHORT"


class VideoTooLong(VideoError):
    code = "TOO_LONG"


class TooManyFrames(VideoError):
    code = "TOO_MANY_FRAMES"


class FrameTooLarge(VideoError):
    code = "TOO_LARGE_FRAME"


class NotAMesh(JobError):
    code = "NOT_A_MESH"


class EngineError(JobError):
    code = "ENGINE_FAILED"


class SubjectNotFound(EngineError):
    code = "SUBJECT_NOT_FOUND"


class ModelMissing(EngineError):
    code = "MODEL_MISSING"


class NoSurface(EngineError):
    code = "NO_SURFACE"


class GpuTooSmall(EngineError):
    code = "GPU_TOO_SMALL"


class GpuFailed(EngineError):
    code = "GPU_FAILED"
    poisons = True


class OutOfMemory(EngineError):
    code = "OUT_OF_MEMORY"
    poisons = True


class TimeoutTooShort(JobError):
    code = "TIMEOUT_TOO_SHORT"


class ExportFailed(JobError):
    code = "EXPORT_FAILED"


class StorageFailed(JobError):
    code = "STORAGE_FAILED"


class DiskFull(JobError):
    code = "DISK_FULL"
    poisons = True


class Internal(JobError):
    code = "INTERNAL"


class Cancelled(BaseException):
    """The job was cancelled. Raised out of a progress call, so it reaches every step and nothing eats it."""


class StartError(Exception):
    """The worker cannot start. The message names the variable, its value and what is allowed."""


def in_words(error: OSError) -> str:
    """What the system says, of which file, without its number."""
    reason = error.strerror or str(error)
    return reason if error.filename is None else f"{error.filename}: {reason}"
