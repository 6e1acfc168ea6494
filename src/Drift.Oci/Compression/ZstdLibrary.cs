// SPDX-License-Identifier: Apache-2.0

using System.Reflection;
using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>The system's libzstd, and what is called of it (zstd.h, its stable part). It is loaded when the first context is made.</summary>
internal static class ZstdLibrary
{
    // ZSTD_cParameter and ZSTD_dParameter.
    public const int CompressionLevel = 100, WindowLog = 101, ChecksumFlag = 201, WindowLogMaximum = 100;
    // ZSTD_ResetDirective.
    public const int ResetSession = 1;
    // ZSTD_compress2 and the parameters are stable since 1.4.0.
    private const int OldestVersion = 10_400;
    // ZSTD_ErrorCode (zstd_errors.h): the numbers are stable.
    private const int WindowTooLarge = 16;
    private const string Name = "libzstd";

    private static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["zstd.dll", "libzstd.dll"] : OperatingSystem.IsMacOS() ? ["libzstd.1.dylib"] : ["libzstd.so.1"];

    private static readonly Lazy<nint> Handle = new(() => Load(FileNames), LazyThreadSafetyMode.PublicationOnly);

    private static readonly Lazy<int> LoadedVersion = new(ReadVersion, LazyThreadSafetyMode.PublicationOnly);

    static ZstdLibrary() => NativeLibrary.SetDllImportResolver(typeof(ZstdLibrary).Assembly, static (name, _, _) => name == Name ? Handle.Value : 0);

    /// <summary>The library's version, 10504 for 1.5.4.</summary>
    /// <exception cref="DriftException">It is not there, or too old.</exception>
    public static int Version => LoadedVersion.Value;

    private static int ReadVersion()
    {
        _ = Handle.Value;
        var version = (int)VersionNumber();
        return version >= OldestVersion ? version : throw new DriftException(ErrorCode.NotSupported, $"The libzstd of this machine is version {version / 10_000}.{version / 100 % 100}.{version % 100}; zstd needs 1.4.0 or later.", "Update libzstd (Debian's package is libzstd1), or do without zstd.");
    }

    public static nint Load(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories, out var handle)) return handle;
        }
        throw new DriftException(ErrorCode.NotSupported, $"zstd needs {string.Join(" or ", names)}, which this machine does not have.", "Install libzstd (Debian's package is libzstd1), or do without zstd.");
    }

    /// <summary>Passes a result on, unless it is an error.</summary>
    /// <exception cref="InvalidDataException">It is an error; the message is libzstd's.</exception>
    public static nuint Checked(nuint result)
    {
        if (IsError(result) == 0) return result;
        var message = Marshal.PtrToStringUTF8(GetErrorName(result))!;
        throw GetErrorCode(result) == WindowTooLarge ? new ZstdWindowException(message) : new InvalidDataException(message);
    }

    [DllImport(Name, EntryPoint = "ZSTD_createCCtx")]
    public static extern nint CreateCompressor();

    [DllImport(Name, EntryPoint = "ZSTD_freeCCtx")]
    public static extern nuint FreeCompressor(nint context);

    [DllImport(Name, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static extern nuint SetCompressorParameter(ZstdContext context, int parameter, int value);

    [DllImport(Name, EntryPoint = "ZSTD_compress2")]
    public static extern nuint Compress(ZstdContext context, ref byte output, nuint outputSize, ref byte input, nuint inputSize);

    [DllImport(Name, EntryPoint = "ZSTD_compressBound")]
    public static extern nuint CompressBound(nuint size);

    [DllImport(Name, EntryPoint = "ZSTD_createDCtx")]
    public static extern nint CreateDecompressor();

    [DllImport(Name, EntryPoint = "ZSTD_freeDCtx")]
    public static extern nuint FreeDecompressor(nint context);

    [DllImport(Name, EntryPoint = "ZSTD_DCtx_setParameter")]
    public static extern nuint SetDecompressorParameter(ZstdContext context, int parameter, int value);

    [DllImport(Name, EntryPoint = "ZSTD_DCtx_reset")]
    public static extern nuint ResetDecompressor(ZstdContext context, int directive);

    [DllImport(Name, EntryPoint = "ZSTD_decompressStream")]
    public static extern nuint Decompress(ZstdContext context, ref ZstdBuffer output, ref ZstdBuffer input);

    [DllImport(Name, EntryPoint = "ZSTD_versionNumber")]
    private static extern uint VersionNumber();

    [DllImport(Name, EntryPoint = "ZSTD_isError")]
    private static extern uint IsError(nuint result);

    [DllImport(Name, EntryPoint = "ZSTD_getErrorCode")]
    private static extern int GetErrorCode(nuint result);

    [DllImport(Name, EntryPoint = "ZSTD_getErrorName")]
    private static extern nint GetErrorName(nuint result);
}
