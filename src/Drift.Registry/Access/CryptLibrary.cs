// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>The system's crypt(3), by which its own passwords are checked. It is loaded with the first password.</summary>
internal static unsafe class CryptLibrary
{
    // More than struct crypt_data takes in any library: libxcrypt has 32 KiB, the old glibc 128 KiB, musl less than one.
    private const int StateSize = 256 * 1024;

    // libxcrypt, once more where its oldest names are left out, and musl, which has it in its libc.
    private static readonly string[] FileNames = ["libcrypt.so.1", "libcrypt.so.2", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

    private static readonly Lazy<nint> Function = new(Load, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Hashes a password as a setting or an earlier hash says; null when the library does not know its kind.</summary>
    /// <param name="password">The password in UTF-8, with a NUL at its end and nowhere else.</param>
    /// <param name="setting">The kind, the cost and the salt, in ASCII with a NUL at its end.</param>
    /// <exception cref="DriftException">This machine has no crypt(3).</exception>
    public static string? Hash(ReadOnlySpan<byte> password, ReadOnlySpan<byte> setting)
    {
        var crypt = (delegate* unmanaged[Cdecl]<byte*, byte*, void*, byte*>)Function.Value;
        var state = NativeMemory.AllocZeroed(StateSize);
        try
        {
            fixed (byte* passwordStart = password, settingStart = setting)
            {
                return Marshal.PtrToStringUTF8((nint)crypt(passwordStart, settingStart, state));
            }
        }
        finally
        {
            NativeMemory.Clear(state, StateSize);
            NativeMemory.Free(state);
        }
    }

    private static nint Load()
    {
        foreach (var name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, typeof(CryptLibrary).Assembly, DllImportSearchPath.SafeDirectories, out var library)
                && NativeLibrary.TryGetExport(library, "crypt_r", out var function)) return function;
        }
        throw new DriftException(ErrorCode.NotSupported, "Passwords are checked by the system's libcrypt, which this machine does not have.", "Install libcrypt; Debian's package is libcrypt1.");
    }
}
