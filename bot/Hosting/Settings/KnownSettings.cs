using System.ComponentModel;
using System.Reflection;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Digests;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Bot.Webhooks;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Drafting;
using DevOpsAI.Drafting.Intelligence;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.LocalTeams;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Hosting.Settings;

/// <summary>What is wrong with the settings by themselves.</summary>
/// <param name="ValidationErrors">One sentence each.</param>
/// <param name="Unreadable">The settings among them whose value is of the wrong kind, which ends whoever reads them.</param>
internal sealed record Findings(List<string> ValidationErrors, List<string> Unreadable);

/// <summary>
/// The settings of our own sections. One that nobody reads is a mistake: mistyped, <c>Gates:KilSwitchPath</c> would leave the bot without
/// its kill switch and nobody would know.
/// </summary>
internal static class KnownSettings
{
    private static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Access"] = typeof(AccessOptions),
        ["Cards"] = typeof(CardsOptions),
        ["Completeness"] = typeof(CompletenessOptions),
        ["Compliance"] = typeof(ComplianceSettings),
        ["Connectors"] = typeof(ConnectorsOptions),
        ["Connections"] = typeof(Dictionary<string, ConnectionSettings>),
        ["Digests"] = typeof(DigestsOptions),
        ["Drafting"] = typeof(DraftingOptions),
        ["Execution"] = typeof(ExecutionOptions),
        ["Gates"] = typeof(GatesOptions),
        ["Intelligence"] = typeof(IntelligenceOptions),
        ["Ledger"] = typeof(CheckpointOptions),
        ["LocalTeams"] = typeof(LocalTeamsOptions),
        ["Sandbox"] = typeof(SandboxOptions),
        ["Secrets"] = typeof(SecretsOptions),
        ["Storage"] = typeof(StorageOptions),
        ["Storms"] = typeof(StormOptions),
        ["Teams"] = typeof(TeamsOptions),
        ["Tenants"] = typeof(Dictionary<string, TenantSettings>),
        ["Testing"] = typeof(TestingOptions),
        ["Webhooks"] = typeof(WebhookOptions),
    };

    /// <summary>
    /// Every setting under our sections that means nothing or cannot be read, one sentence each, with what was probably meant.
    /// </summary>
    public static Findings LookAt(IConfiguration configuration)
    {
        var found = new Findings([], []);
        foreach (var section in configuration.GetChildren())
        {
            // The environment holds much that is not ours, also under names such as ours: a value alone is no section.
            if (!section.GetChildren().Any())
                continue;
            if (Sections.TryGetValue(section.Key, out var type))
                Look(section, type, found);
            else if (Sections.Keys.MinBy(known => Spelling.Distance(known, section.Key)) is { } meant
                && Spelling.AreClose(meant, section.Key))
                found.ValidationErrors.Add($"{section.Key}: there is no such section; did you mean {meant}?");
        }
        return found;
    }

    private static void Look(IConfigurationSection at, Type type, Findings found)
    {
        if (TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)))
            LookAtValue(at, type, found);
        else if (at.Value is { Length: > 0 })
            found.ValidationErrors.Add($"{at.Path}: takes no value of its own"
                + (IsList(type) ? $"; it is a list, so write {at.Path}:0." : "."));
        else if (GetElement(type) is { } element)
            LookAtEach(at, element, found);
        else
            LookAtMembers(at, type, found);
    }

    private static void LookAtEach(IConfigurationSection at, Type element, Findings found)
    {
        foreach (var child in at.GetChildren())
            Look(child, element, found);
    }

    private static void LookAtMembers(IConfigurationSection at, Type type, Findings found)
    {
        var members = GetMembers(type);
        foreach (var child in at.GetChildren())
        {
            if (members.TryGetValue(child.Key, out var member))
                Look(child, member, found);
            else
                found.ValidationErrors.Add($"{child.Path}: there is no such setting; {Instead(at.Path, child.Key, members.Keys)}");
        }
    }

    private static string Instead(string section, string written, IEnumerable<string> known)
    {
        var nearest = known.MinBy(one => Spelling.Distance(one, written))!;
        return Spelling.AreClose(nearest, written)
            ? $"did you mean {section}:{nearest}?"
            : $"{section} has {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
    }

    private static void LookAtValue(IConfigurationSection at, Type type, Findings found)
    {
        if (at.GetChildren().FirstOrDefault() is { } child)
            found.ValidationErrors.Add($"{child.Path}: there is no such setting; {at.Path} is a single value.");
        else if (at.Value is { Length: > 0 } value && !CanRead(value, type))
        {
            found.ValidationErrors.Add($"{at.Path} is '{value}'; it must be {WhatItTakes(Nullable.GetUnderlyingType(type) ?? type)}.");
            found.Unreadable.Add(at.Path);
        }
    }

    /// <summary>As the binder of the options will.</summary>
    private static bool CanRead(string value, Type type)
    {
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return true;
        }
        catch (Exception cannot) when (cannot is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            return false;
        }
    }

    private static string WhatItTakes(Type type)
    {
        if (type.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(type))}";
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(int) || type == typeof(long))
            return "a whole number";
        if (type == typeof(TimeSpan))
            return "hours, minutes and seconds, as in 00:05:00 (1.00:00:00 is a day)";
        if (type == typeof(TimeOnly))
            return "a time of day, as in 07:00";
        if (type == typeof(DateTimeOffset))
            return "a time with its offset, as in 2026-12-23T18:00+01:00";
        return type == typeof(Uri) ? "an address, as in https://name.example/" : $"a {type.Name}";
    }

    private static Dictionary<string, Type> GetMembers(Type type)
    {
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.SetMethod is { IsPublic: true } || GetElement(property.PropertyType) is not null)
            .ToDictionary(static property => property.Name, static property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        if (type == typeof(StorageOptions))
            members["Keys"] = typeof(KeysOptions);
        return members;
    }

    /// <summary>Of a list or a dictionary by name; null for anything else.</summary>
    private static Type? GetElement(Type type) => type.IsGenericType ? type.GetGenericArguments()[^1] : type.GetElementType();

    private static bool IsList(Type type) => type.IsArray || (type.IsGenericType && type.GetGenericArguments().Length == 1);

    /// <summary>Section <c>Compliance</c>, which <c>ledger export</c> reads.</summary>
    private abstract class ComplianceSettings
    {
        public string? Provider { get; set; }

        public string? Namespace { get; set; }
    }
}
