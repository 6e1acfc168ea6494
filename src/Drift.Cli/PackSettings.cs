// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>
/// How a command packs images, as its options and the environment say. Disposing it keeps the cache within its bound.
/// </summary>
internal sealed class PackSettings : IDisposable
{
    private static readonly CompressionOption Compression = new();
    private static readonly Option<bool> NoCache = new("--no-cache") { Description = "Neither use nor fill the cache in $XDG_CACHE_HOME/drift" };

    private readonly bool _isCompressionGiven;
    private readonly Func<RegistryClient> _registries;
    private readonly Func<ProgressPrinter> _progress;

    public PackSettings(ParseResult result, CliHost host)
    {
        _registries = () => host.Registries(result);
        _progress = () => host.Progress(result);
        Cache = result.GetValue(NoCache) ? null : CacheSettings.Open(host);
        _isCompressionGiven = result.GetResult(Compression) is { Implicit: false };
        Options = new PackOptions { Epoch = SourceDateEpoch(host), Compression = result.GetRequiredValue(Compression), Cache = Cache };
    }

    public PackOptions Options { get; }

    /// <summary>Speaks to a location's registry; null when it is in none, which saves a build of files the making of a client.</summary>
    public RegistryClient? RegistriesFor(ImageLocation location) => location.Transport == ImageTransport.Registry ? _registries() : null;

    /// <summary>The cache; null when it is not wanted, or there is no place for it.</summary>
    public ImageCache? Cache { get; }

    /// <summary>Shows how far blobs have come, until it is disposed.</summary>
    public ProgressPrinter Progress() => _progress();

    /// <summary>The options for a folder: its project file may name a compression, and the command line wins over it.</summary>
    public PackOptions OptionsFor(Recipe recipe) =>
        !_isCompressionGiven && (recipe as ProjectRecipe)?.File.Compression is { } compression ? Options with { Compression = compression } : Options;

    public static void AddTo(Command command)
    {
        command.Options.Add(Compression);
        command.Options.Add(NoCache);
    }

    public void Dispose() => Cache?.Trim();

    /// <summary>The time that everything is stamped with (reproducible-builds.org/specs/source-date-epoch).</summary>
    private static long SourceDateEpoch(CliHost host)
    {
        const string Name = "SOURCE_DATE_EPOCH";
        // The year 9999 is the last that RFC 3339 can write.
        const long Last = 253_402_300_799;
        if (host.Variable(Name) is not { } text) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch <= Last
            ? epoch
            : throw new DriftException(ErrorCode.InvalidSetting, $"{Name} is '{text}', which is not a number of seconds since 1970.", $"Set {Name} to a whole number, for example $(git log -1 --format=%ct).");
    }
}
