using System.Reflection;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Connectors.Toolkit.Entra;
using DevOpsAI.Connectors.Toolkit.Polling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

public static class ManifestServices
{
    private const string Prefix = "Manifests/";

    /// <summary>
    /// Every vendor whose manifest comes with the bot or is in a folder of the operator's, so that connections can name it.
    /// </summary>
    /// <param name="folder"><see cref="ConnectorsOptions.Path"/>; null for none.</param>
    /// <param name="contentRoot">What a relative folder begins at.</param>
    public static IServiceCollection AddManifestConnectors(
        this IServiceCollection services, string? folder = null, string contentRoot = ".")
    {
        var own = new ManifestFolder(folder, contentRoot);
        services.AddSingleton<IValidateOptions<ConnectorsOptions>>(own);
        services.AddOptionsWithValidateOnStart<ConnectorsOptions>().BindConfiguration("Connectors");
        services.AddManifestCalls();
        foreach (var manifest in BuiltIn().Where(one => own.Manifests.All(other => other.Name != one.Name)).Concat(own.Manifests))
            services.AddManifest(manifest, own.Manifests.Contains(manifest) && BuiltIn().Any(one => one.Name == manifest.Name));
        return services;
    }

    /// <summary>What connectors of manifests share.</summary>
    internal static IServiceCollection AddManifestCalls(this IServiceCollection services)
    {
        services.AddVendorCalls();
        services.TryAddSingleton(static provider => new RefreshedTokens(provider.GetService<RotatingSecrets>));
        services.TryAddSingleton<VendorTokens>();
        services.TryAddSingleton<VendorBudgets>();
        return services;
    }

    /// <param name="replaces">It takes the place of one that comes with the bot.</param>
    internal static IServiceCollection AddManifest(this IServiceCollection services, Manifest manifest, bool replaces = false)
    {
        services.AddKeyedSingleton(manifest.Name, (provider, _) => new ManifestConnector(
            manifest, provider.GetRequiredService<VendorClient>(), provider.GetRequiredService<VendorTokens>(),
            provider.GetRequiredService<EntraTokens>(), provider.GetRequiredService<VendorBudgets>(),
            provider.GetRequiredService<ISecretSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(ManifestDescription.For(manifest) with { ReplacesBuiltIn = replaces });
        services.AddSingleton<IConnector>(provider => provider.GetRequiredKeyedService<ManifestConnector>(manifest.Name));
        services.AddSingleton<IConnectionCheck>(provider => provider.GetRequiredKeyedService<ManifestConnector>(manifest.Name));
        services.AddSingleton<IConnectionProbe>(provider => provider.GetRequiredKeyedService<ManifestConnector>(manifest.Name));
        services.AddSingleton<IConnectionVitals>(provider => provider.GetRequiredKeyedService<ManifestConnector>(manifest.Name));
        if (manifest.Polls.Count > 0)
        {
            services.AddSingleton<IPolledSource>(
                provider => provider.GetRequiredKeyedService<ManifestConnector>(manifest.Name).Polls());
        }
        if (manifest.Webhook is not { } webhook)
            return services;
        return services
            .AddKeyedSingleton(manifest.Name, (provider, _) => new ManifestEvents(
                manifest, webhook, provider.GetRequiredKeyedService<ManifestConnector>(manifest.Name),
                provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IWebhookSource>(provider => provider.GetRequiredKeyedService<ManifestEvents>(manifest.Name))
            .AddSingleton<IConnectionCheck>(provider => provider.GetRequiredKeyedService<ManifestEvents>(manifest.Name));
    }

    private static readonly Lazy<IReadOnlyList<Manifest>> Read = new(ReadBuiltIn);

    /// <summary>The manifests that come with the bot, read once.</summary>
    /// <exception cref="InvalidOperationException">One of them has mistakes; all of them are told.</exception>
    internal static IReadOnlyList<Manifest> BuiltIn() => Read.Value;

    /// <summary>The text of the file that comes with the bot under a name; null when there is none.</summary>
    internal static string? FindText(string name)
    {
        var assembly = typeof(ManifestServices).Assembly;
        return BuiltIn().FirstOrDefault(one => one.Name == name) is { } manifest ? Text(assembly, Prefix + manifest.Origin) : null;
    }

    private static List<Manifest> ReadBuiltIn()
    {
        var assembly = typeof(ManifestServices).Assembly;
        var errors = new List<string>();
        List<Manifest> manifests = [.. assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => ManifestReader.Read(name[Prefix.Length..], Text(assembly, name), errors)).OfType<Manifest>()];
        return errors.Count == 0 ? manifests : throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
