// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using static Drift.Recipes.ProjectShapes;

namespace Drift.Recipes;

/// <summary>Every key of a project file, with what the schema says of it.</summary>
internal static class ProjectKeys
{
    private static readonly ObjectShape<HealthCheck> HealthCheckShape = new ObjectShape<HealthCheck>(new HealthCheck())
    {
        { "test", "The probe: CMD and a program with its arguments, CMD-SHELL and a line for the shell, or NONE alone.", List(Text), static (check, value) => check with { Test = value } },
        { "interval", "The time between two probes, for example 30s.", Duration, static (check, value) => check with { Interval = value } },
        { "timeout", "How long a probe may take, for example 5s.", Duration, static (check, value) => check with { Timeout = value } },
        { "start-period", "How long failed probes do not count after the start, for example 1m30s.", Duration, static (check, value) => check with { StartPeriod = value } },
        { "start-interval", "The time between two probes during start-period.", Duration, static (check, value) => check with { StartInterval = value } },
        { "retries", "How many probes in a row must fail.", new NumberShape(1, 1000), static (check, value) => check with { Retries = value } },
    }.Completed(static (check, node) => check.Test is ["CMD" or "CMD-SHELL", _, ..] or ["NONE"]
        ? check
        : throw node.Error("A health check has a test.", "Write test: [CMD, /program, ARGUMENT], [CMD-SHELL, LINE] or [NONE]."));

    private static readonly ObjectShape<ProjectLayer> LayerShape = new ObjectShape<ProjectLayer>(new ProjectLayer())
    {
        { "from", "A file or folder of the project.", Source, static (layer, value) => layer with { From = value } },
        { "to", "Where it goes in the image: the folder's path; a file's path, or a folder's with a slash at the end.", ImageFolder, static (layer, value) => layer with { To = value } },
        { "archive", "A tar, tar.gz or tar.zst file of the project, which becomes a layer as it is.", Source, static (layer, value) => layer with { Archive = value } },
        { "links", "Symbolic links: a path in the image, and what it points to.", new MapShape(ImagePath, Name), static (layer, value) => layer with { Links = value } },
        { "directories", "Folders to make.", List(ImagePath), static (layer, value) => layer with { Directories = value } },
        { "delete", "Files and folders of the layers below to hide.", List(ImagePath), static (layer, value) => layer with { Delete = value } },
        { "mode", "The octal mode of the files, or of the folders in directories [default: 755 for programs and folders, 644 for other files].", Mode, static (layer, value) => layer with { Mode = value } },
        { "owner", "The owner, UID or UID:GID [default: 0:0].", Owner, static (layer, value) => layer with { Owner = value } },
        { "keep-modes", "Keep the modes that the files have on this machine.", Flag, static (layer, value) => layer with { KeepModes = value } },
        { "keep-xattrs", "Keep the extended attributes of a folder's files: user.* and security.capability.", Flag, static (layer, value) => layer with { KeepExtendedAttributes = value } },
        { "split", "Distribute a folder's files over this many layers, so that a changed file changes only one of them.", new NumberShape(1, ProjectLayer.MaximumSplit), static (layer, value) => layer with { Split = value } },
        { "ignore", "Patterns of files to leave out, as in .dockerignore and after those of the folder's own.", List(Pattern), static (layer, value) => layer with { Ignore = value } },
    }.Completed(ProjectLayer.Complete);

    private static readonly ObjectShape<SiteOptions> SiteShape = new ObjectShape<SiteOptions>(new SiteOptions())
    {
        { "fallback", "The page of a single page app, for example index.html: it answers at paths that are not found and whose last segment has no dot.", Source, static (site, value) => site with { Fallback = value } },
        { "base", "What every path begins with but /health and /healthz, for example /docs.", UrlFolder, static (site, value) => site with { Base = value } },
        { "clean-urls", "Whether about.html answers at /about, too [default: true].", Flag, static (site, value) => site with { CleanUrls = value } },
        { "compress", "Whether clients get text compressed [default: true].", Flag, static (site, value) => site with { Compress = value } },
        { "headers", "Headers by path, as in _headers and after those: /* is every path; a value of \"\" takes a header away.", new SiteHeadersShape(), static (site, value) => site with { Headers = value } },
    };

    private static readonly ObjectShape<AssemblyOptions> AssemblyShape = new ObjectShape<AssemblyOptions>(new AssemblyOptions())
    {
        { "entry", "The symbol that the program starts at [default: _start].", Symbol, static (assembly, value) => assembly with { Entry = value } },
        { "include", "Folders of the project to search what sources include, after the source's own, the recipe's and its include.", List(Source), static (assembly, value) => assembly with { Include = value } },
        { "define", "Macros for *.S and *.asm: a name, and what it stands for.", new MapShape(Macro, MacroValue), static (assembly, value) => assembly with { Define = value } },
    }.Completed(static (assembly, node) => assembly with { Node = new YamlNode(node.Position) });

    public static readonly ObjectShape<ProjectFile> Root = new ObjectShape<ProjectFile>(new ProjectFile())
    {
        { "name", "The repository name [default: the folder's].", Repository, static (file, value) => file with { Name = value } },
        { "recipe", "What the source is [default: recognised by what is in it; files where that is nothing].", OneOf("a recipe", [.. Recipe.Kinds, FilesRecipe.Kind]), static (file, value) => file with { Recipe = value } },
        { "source", "The folder that the recipe builds [default: that of drift.yaml].", Source, static (file, value) => file with { Source = value } },
        { "site", "How a site is served.", SiteShape, static (file, value) => file with { Site = value } },
        { "platforms", "The platforms to build for [default: all that the recipe or the base has; of scratch, this machine's].", List(PlatformName), static (file, value) => file with { Platforms = [.. value.Distinct()] } },
        { "base", "The image to build upon: a reference, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker-daemon:NAME, containers-storage:NAME, or scratch; paths are relative to drift.yaml [default: the recipe's own].", Base, static (file, value) => file with { Base = value } },
        { "assembly", "How the recipe assembly builds its sources.", AssemblyShape, static (file, value) => file with { Assembly = value } },
        { "include", "Layers for an image from scratch: ca-certificates and tzdata are this machine's; passwd makes /etc/passwd, /etc/group, home folders and /tmp.", List(OneOf("a layer to include", ProjectLayers.CaCertificates, ProjectLayers.Passwd, ProjectLayers.TimeZones)), static (file, value) => file with { Include = value } },
        { "layers", "Layers on top of what the base, the recipe and include have, the lowest first.", List(LayerShape), static (file, value) => file with { Layers = value } },
        { "entrypoint", "The program and its first arguments; without a command, that of the base is dropped.", List(Text), static (file, value) => file with { Config = file.Config with { Entrypoint = value } } },
        { "command", "Arguments after the entrypoint that the one who runs it may replace.", List(Text), static (file, value) => file with { Config = file.Config with { Command = value } } },
        { "environment", "Variables, besides those there are.", new MapShape(Variable, Text), static (file, value) => file with { Environment = value } },
        { "working-directory", "The working directory.", ImageFolder, static (file, value) => file with { Config = file.Config with { WorkingDirectory = value } } },
        { "user", "The user, and group after a colon; numbers where Kubernetes must see that it is not root.", User, static (file, value) => file with { Config = file.Config with { User = value } } },
        { "ports", "The ports that the program listens on, besides those there are: 8080, 53/udp.", List(Port), static (file, value) => file with { Config = file.Config with { ExposedPorts = value } } },
        { "volumes", "Folders of data that is kept outside of the image, besides those there are.", List(ImagePath), static (file, value) => file with { Config = file.Config with { Volumes = value } } },
        { "stop-signal", "The signal that asks the program to end.", Signal, static (file, value) => file with { Config = file.Config with { StopSignal = value } } },
        { "shell", "The shell that Docker puts before a command that is one line of text.", List(Text), static (file, value) => file with { Config = file.Config with { Shell = value } } },
        { "healthcheck", "How Docker finds out whether the program is healthy; Kubernetes does not read it.", HealthCheckShape, static (file, value) => file with { Config = file.Config with { HealthCheck = value } } },
        { "labels", "Labels in the config, besides those there are.", new MapShape(Name, Text), static (file, value) => file with { Config = file.Config with { Labels = value } } },
        { "annotations", "Annotations of each manifest and of the index.", new MapShape(Name, Text), static (file, value) => file with { Annotations = value } },
        { "author", "Who made the image.", Text, static (file, value) => file with { Author = value } },
        { "git", "Add annotations of the Git commit: revision, source, and version where a tag names it.", Flag, static (file, value) => file with { Git = value } },
        { "compression", "How layers are compressed that are made here: gzip, zstd or none, and a level after a colon [default: gzip].", Compression, static (file, value) => file with { Compression = value } },
    }.Completed(static (file, node) => file is { Recipe: FilesRecipe.Kind, Source: not null }
        ? throw node.Error("The recipe files has no source.", "Leave source out, and name what goes into the image under layers.")
        : file);
}
