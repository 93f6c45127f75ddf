using System.Reflection;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Primitives;

namespace DevOpsAI.Tests.Isolation;

/// <summary>
/// A tenant is a <see cref="TenantId"/> wherever it is handed on: nobody can confuse it with other text, and nobody can make one up.
/// Incidents, conversations and people have types as well.
/// </summary>
public sealed class TenancyByTypeTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    /// <summary>Where text is all there can be, and why.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["ConnectionSettings.Tenant"] = "configuration, validated at start and read once",
        ["AbsenceSettings.Tenant"] = "configuration, validated at start and read once",
        ["TenantsOptions.Tenants"] = "configuration, validated at start and read once",
        ["TenantCheck(tenant)"] = "what a damaged store claims, which may be no tenant id",
        ["TenantCheck.Tenant"] = "what a damaged store claims, which may be no tenant id",
        ["TenantVerification(Tenant)"] = "what a damaged store claims, which may be no tenant id",
        ["TenantVerification.Tenant"] = "what a damaged store claims, which may be no tenant id",
        ["TenantVerification.Deconstruct(Tenant)"] = "what a damaged store claims, which may be no tenant id",
        ["LedgerVerifier.tenants"] = "what a damaged store claims, which may be no tenant id",
        ["KeysOptions.Tenants"] = "configuration, validated at start and read once",
        ["BundleManifest(Tenant)"] = "the file's format, which is read before it is believed",
        ["BundleManifest(TenantName)"] = "what people call the client",
        ["BundleManifest.Deconstruct(Tenant)"] = "the file's format, which is read before it is believed",
        ["BundleManifest.Deconstruct(TenantName)"] = "what people call the client",
        ["BundleManifest.Tenant"] = "the file's format, which is read before it is believed",
        ["BundleManifest.TenantName"] = "what people call the client",
        ["BundleRequest(TenantName)"] = "what people call the client",
        ["BundleRequest.Deconstruct(TenantName)"] = "what people call the client",
        ["BundleRequest.TenantName"] = "what people call the client",
        ["BundleVerification.RunAsync(tenant)"] = "a command line, where it becomes one",
        ["EvidenceSubject(TenantName)"] = "what people call the client",
        ["EvidenceSubject.Deconstruct(TenantName)"] = "what people call the client",
        ["EvidenceSubject.TenantName"] = "what people call the client",
        ["TeamsOptions.TenantId"] = "configuration: an Entra directory under Microsoft's name",
        ["TeamsOptions.AllowedTenants"] = "configuration: Entra directories under Microsoft's name",
        ["ConversationAccount(TenantId)"] = "the Teams protocol: an Entra directory",
        ["ConversationAccount.TenantId"] = "the Teams protocol: an Entra directory",
        ["ConversationAccount.Deconstruct(TenantId)"] = "the Teams protocol: an Entra directory",
        ["LocalDirectoryState(TenantId)"] = "the Teams protocol, played: an Entra directory",
        ["LocalDirectoryState.TenantId"] = "the Teams protocol, played: an Entra directory",
        ["LocalDirectoryState.Deconstruct(TenantId)"] = "the Teams protocol, played: an Entra directory",
    };

    [Fact]
    public void No_parameter_property_or_field_takes_a_tenant_as_text()
    {
        var found = Members().Where(one => IsTenant(one.Name) && IsText(one.Type)).Select(one => one.Where).Distinct()
            .Order(StringComparer.Ordinal).ToList();
        found.Except(Allowed.Keys).ShouldBeEmpty("give it a TenantId, or a DirectoryId if it is an Entra directory");
        Allowed.Keys.Except(found).ShouldBeEmpty("no longer there: take it off the list");
    }

    /// <summary>Where incidents, conversations and people are text, and why; besides Local Teams, which plays the Teams protocol.</summary>
    private static readonly Dictionary<string, string> IdsAsText = new()
    {
        ["AbsenceSettings.Person"] = "configuration, validated at start and read once",
        ["Arguments(Person)"] = "what somebody typed",
        ["Arguments.Person"] = "what somebody typed",
        ["Arguments.Deconstruct(Person)"] = "what somebody typed",
        ["HomeDirectory.Written(person)"] = "what somebody typed",
        ["ConversationRef.IsShared(conversationId)"] = "the Teams protocol, before it becomes one",
        ["BackgroundTurns.TryQueue(person)"] = "the Teams protocol: the account of somebody whom no directory may know",
        ["Partitions.TryQueue(person)"] = "the Teams protocol: the account of somebody whom no directory may know",
        ["Work(Person)"] = "the Teams protocol: the account of somebody whom no directory may know",
        ["Work.Person"] = "the Teams protocol: the account of somebody whom no directory may know",
        ["Work.Deconstruct(Person)"] = "the Teams protocol: the account of somebody whom no directory may know",
        ["PersonalAttribute(person)"] = "the name of the member that names the person",
        ["PersonalAttribute.Person"] = "the name of the member that names the person",
        ["Proposal.Person"] = "the name of the key that what is personal in it is encrypted under",
        ["Propose.Person"] = "the name of the key that what is personal in it is encrypted under",
        ["Digest.Add(incident)"] = "the id of whatever is decided about",
        ["GatesLog.FellDue(incident)"] = "the id of whatever is decided about",
        ["GatesLog.NotExecuted(incident)"] = "the id of whatever is decided about",
        ["GatesLog.TooManyConflicts(incident)"] = "the id of whatever is decided about",
    };

    [Fact]
    public void No_parameter_property_or_field_takes_an_incident_a_conversation_or_a_person_as_text()
    {
        var found = Members(static type => !type.Namespace!.StartsWith("DevOpsAI.LocalTeams", StringComparison.Ordinal))
            .Where(static one => IsOtherId(one.Name) && IsText(one.Type)).Select(static one => one.Where).Distinct()
            .Order(StringComparer.Ordinal).ToList();
        found.Except(IdsAsText.Keys).ShouldBeEmpty("give it an IncidentId, a ConversationId or a PersonId");
        IdsAsText.Keys.Except(found).ShouldBeEmpty("no longer there: take it off the list");
    }

    [Theory]
    [InlineData(typeof(ILedger))]
    [InlineData(typeof(ILedgerArchive))]
    [InlineData(typeof(IDocuments))]
    public void Every_way_into_storage_names_whose_it_is(Type store) => store.GetMethods()
        .Where(method => method.Name != nameof(ILedgerArchive.TenantsAsync))
        .ShouldAllBe(method => method.GetParameters()[0].ParameterType == typeof(TenantId)
            || method.GetParameters()[0].ParameterType == typeof(DocumentScope));

    [Fact]
    public void A_directory_and_a_client_cannot_be_taken_for_each_other()
    {
        Type[] types = [typeof(TenantId), typeof(DirectoryId)];
        foreach (var type in types)
            type.GetMethods().Where(method => method.Name is "op_Implicit" or "op_Explicit").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\u212Aontoso")] // the Kelvin sign, which folds to k
    [InlineData("contos\u043E")] // a Cyrillic o
    [InlineData("conto\u200Bso")]
    [InlineData("contoso\u0000")]
    [InlineData("con\ntoso")]
    [InlineData("\uFF43ontoso")] // full width
    [InlineData("con/toso")]
    [InlineData("../contoso")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("-contoso")]
    public void What_only_looks_like_a_tenant_id_is_none(string text) => TenantId.TryParse(text, out _).ShouldBeFalse();

    private static bool IsTenant(string name) => name.Contains("tenant", StringComparison.OrdinalIgnoreCase);

    private static bool IsOtherId(string name) =>
        name.ToUpperInvariant() is "INCIDENT" or "INCIDENTID" or "CONVERSATION" or "CONVERSATIONID" or "PERSON" or "PERSONID";

    /// <summary>Text, several texts, or something that text is the key to.</summary>
    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(StringValues) || type == typeof(ReadOnlySpan<char>) || type == typeof(ReadOnlyMemory<char>)
        || (type.IsByRef && IsText(type.GetElementType()!)) || (type.IsArray && IsText(type.GetElementType()!))
        || (type.IsGenericType && IsText(type.GetGenericArguments()[0]) && typeof(System.Collections.IEnumerable).IsAssignableFrom(type));

    private static IEnumerable<(string Where, string Name, Type Type)> Members(Func<Type, bool>? of = null)
    {
        var types = new[] { typeof(ILedger), typeof(SandboxConnector), typeof(BotHost) }.SelectMany(one => one.Assembly.GetTypes())
            .Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal)
                && type.Namespace?.StartsWith("DevOpsAI", StringComparison.Ordinal) is true && of?.Invoke(type) is not false);
        foreach (var type in types)
        {
            foreach (var constructor in type.GetConstructors(Everything))
            {
                foreach (var parameter in constructor.GetParameters())
                    yield return ($"{type.Name}({parameter.Name})", parameter.Name!, parameter.ParameterType);
            }
            foreach (var method in type.GetMethods(Everything)
                .Where(method => !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal)))
            {
                foreach (var parameter in method.GetParameters())
                    yield return ($"{type.Name}.{method.Name}({parameter.Name})", parameter.Name ?? "", parameter.ParameterType);
            }
            foreach (var property in type.GetProperties(Everything))
                yield return ($"{type.Name}.{property.Name}", property.Name, property.PropertyType);
            // A constant names no client.
            foreach (var field in type.GetFields(Everything)
                .Where(field => !field.Name.Contains('<', StringComparison.Ordinal) && !field.IsLiteral))
                yield return ($"{type.Name}.{field.Name}", field.Name, field.FieldType);
        }
    }
}
