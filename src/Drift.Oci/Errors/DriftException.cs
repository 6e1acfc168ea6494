// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// A failure that the user can act on. The message says what happened to which thing; <see cref="Hint"/> is one imperative
/// sentence that names the flag, file or variable to change. Misuse of the library stays <see cref="ArgumentException"/>.
/// </summary>
public class DriftException : Exception
{
    /// <summary>Creates the error.</summary>
    public DriftException(ErrorCode code, string message, string? hint = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Hint = hint;
    }

    /// <summary>What went wrong.</summary>
    public ErrorCode Code { get; }

    /// <summary>What to do about it, as one sentence; null when there is nothing better to say than the message.</summary>
    public string? Hint { get; }

    /// <summary>Whether the same call may succeed later without any change.</summary>
    public bool IsTransient { get; init; }
}
