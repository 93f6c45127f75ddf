using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Entra;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What a connector is, as its file says it. Format: docs/connector-manifests.md.</summary>
/// <param name="Name">As connections name it, as in <c>ninjaone</c>.</param>
/// <param name="Address">Where the vendor's interface is for a connection.</param>
/// <param name="Health">A call that every connection may make, which tells whether address and credentials are right.</param>
/// <param name="Targets">By kind, as in <c>device</c>.</param>
/// <param name="Webhook">Null when the vendor sends nothing.</param>
/// <param name="Polls">What the vendor is asked for now and then; empty for nothing.</param>
/// <param name="Origin">The file it came from, for messages.</param>
internal sealed record Manifest(
    string Name,
    string Title,
    IReadOnlyList<SettingRule> Settings,
    ValueTemplate Address,
    AuthenticationRule Authentication,
    IReadOnlyList<ErrorRule> Errors,
    BudgetRule? Budget,
    RequestTemplate? Health,
    IReadOnlyDictionary<string, TargetManifest> Targets,
    IReadOnlyDictionary<string, ActionManifest> Actions,
    WebhookManifest? Webhook,
    IReadOnlyList<PollManifest> Polls,
    string Origin)
{
    /// <summary>What can be run and is hardly meant, as <c>file:line: what</c>: told to whoever checks the file.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}

/// <summary>A setting of a connection.</summary>
/// <param name="IsSecret">A reference to a secret: <c>env:NAME</c> or <c>file:/path</c>.</param>
/// <param name="Values">What stands for what, as <c>eu</c> for an address; empty when the value stands for itself.</param>
internal sealed record SettingRule(
    string Name, string Title, bool IsRequired, bool IsSecret, string? Example, WholeMatch? Pattern,
    IReadOnlyDictionary<string, string> Values);

/// <summary>How the bot proves itself to the vendor with each call.</summary>
/// <param name="Token">A token that is fetched by a call of its own; null when there is none.</param>
internal sealed record AuthenticationRule(
    IReadOnlyDictionary<string, ValueTemplate> Headers, BasicRule? Basic, TokenRule? Token)
{
    /// <summary>A signature over each request; null for none.</summary>
    public SignatureRule? Signature { get; init; }

    /// <summary>What a token of Entra is for, as in <c>https://management.azure.com/.default</c>; null where Entra gives none.</summary>
    public ValueTemplate? EntraScope { get; init; }

    /// <summary>Whether a setting is one that signing in to Entra brings along.</summary>
    public bool IsEntras(string setting) =>
        EntraScope is not null && EntraApplication.Settings.Any(one => one.Name.Equals(setting, StringComparison.OrdinalIgnoreCase));

    /// <summary>What says who calls, as in <c>secret.ApiKey</c>.</summary>
    private HashSet<string> Given { get; } = new[] { Basic, Token?.Basic }.OfType<BasicRule>()
        .SelectMany(static one => new[] { one.Username, one.Password })
        .Concat(Headers.Values).Concat(Token?.Request.Body?.Templates ?? []).Concat(Token?.Refresh?.Request.Body?.Templates ?? [])
        .SelectMany(static one => one.Given).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether a setting says who calls.</summary>
    public bool Tells(string given) => Given.Contains(given) || IsEntras(given[(given.IndexOf('.', StringComparison.Ordinal) + 1)..])
        || (Signature is { } rule && (given == $"secret.{rule.Setting}" || rule.Headers.Values.Any(one => one.Given.Contains(given))
            || rule.Basic?.Username.Given.Contains(given) is true));
}

internal sealed record BasicRule(ValueTemplate Username, ValueTemplate Password);

/// <param name="IsAtHost">The path begins at the host, not below the address.</param>
/// <param name="Answer">Where the token is in the answer.</param>
/// <param name="Lifetime">Where its lifetime in seconds is; null when it is not told.</param>
/// <param name="ValidFor">How long a token is used whose lifetime is not told.</param>
/// <param name="Refresh">How a person's refresh token is used, where a connection has one; null when the vendor knows none.</param>
internal sealed record TokenRule(
    RequestTemplate Request, bool IsAtHost, BasicRule? Basic, JsonPath Answer, JsonPath? Lifetime, TimeSpan ValidFor, RefreshRule? Refresh);

/// <summary>A token that is fetched with what a person's consent gave, in whose name the calls then are.</summary>
/// <param name="Setting">Holds the refresh token that a person gave.</param>
/// <param name="Request">Answers with a token as <see cref="TokenRule.Request"/> does; <c>$refreshToken</c> is the newest.</param>
/// <param name="Next">Where the refresh token is that replaces the one that was used, if the vendor replaces it.</param>
/// <param name="ForActions">What is read is read with the other token, which does not end with a person's consent.</param>
internal sealed record RefreshRule(string Setting, RequestTemplate Request, JsonPath Next, bool ForActions)
{
    /// <summary>What templates call the newest refresh token.</summary>
    public const string Newest = "refreshToken";
}

/// <summary>What an answer of the vendor means that says it in a way of its own. The first that fits counts.</summary>
/// <param name="Status">Null for any.</param>
/// <param name="When">What has to hold of its document; empty for any.</param>
internal sealed record ErrorRule(
    int? Status, IReadOnlyList<WhereRule> When, ErrorMeaning Meaning, ValueTemplate? Message, TimeSpan? TryAgainIn);

internal enum ErrorMeaning { Refused, NotDone, Unknown }

/// <summary>As many calls as the vendor lets one credential make within a time.</summary>
internal sealed record BudgetRule(int Requests, TimeSpan Per);

/// <summary>One call, with places to fill. What is filled into the address is escaped; it never changes the host.</summary>
/// <param name="Path">Below the address of the vendor, with the query.</param>
/// <param name="Body">Null when there is none.</param>
internal sealed record RequestTemplate(HttpMethod Method, ValueTemplate Path, BodyTemplate? Body, bool IsForm)
{
    /// <summary>The names with a dollar sign that it refers to.</summary>
    public IEnumerable<string> Given => Path.Given.Concat(Body?.Templates.SelectMany(static one => one.Given) ?? []);

    /// <summary>
    /// Where there is nothing to list, the answer is without the list, has null in its place, or is empty; else that is an error, since a
    /// misspelt path would look like a vendor that has nothing.
    /// </summary>
    public bool ListMayBeMissing { get; init; }
}

/// <summary>A document, or a part of one, in which texts are templates.</summary>
internal abstract record BodyTemplate
{
    /// <summary>Every text in it.</summary>
    public IEnumerable<ValueTemplate> Templates => this switch
    {
        Members members => members.All.SelectMany(static one => one.Value.Templates),
        List list => list.All.SelectMany(static one => one.Templates),
        Value value => [value.Template],
        _ => [],
    };

    public sealed record Members(IReadOnlyList<KeyValuePair<string, BodyTemplate>> All) : BodyTemplate;

    public sealed record List(IReadOnlyList<BodyTemplate> All) : BodyTemplate;

    public sealed record Value(ValueTemplate Template) : BodyTemplate;

    /// <summary>A number or a flag, as it stands in the file.</summary>
    public sealed record Literal(JsonNode Node) : BodyTemplate;
}

/// <summary>How a list comes in parts.</summary>
internal sealed record PagingRule(PagingStyle Style, string? Parameter, JsonPath? From, int FirstPage, int Size);

internal enum PagingStyle
{
    /// <summary>The parameter is the id of the last item; the list ends with a part that is not full.</summary>
    LastId,

    /// <summary>The parameter counts parts; the list ends with one that is not full.</summary>
    Number,

    /// <summary>The parameter counts items; the list ends with a part that is not full.</summary>
    Offset,

    /// <summary>The answer holds what the parameter is to be next; the list ends where it holds none.</summary>
    Cursor,

    /// <summary>The answer holds the address of the next part, which has to be the vendor's own.</summary>
    NextLink,
}

/// <summary>A value that is held against another one, both texts; it does not hold when one of them is missing.</summary>
internal sealed record WhereRule(ValueTemplate Left, WhereOperator Operator, ValueTemplate Right)
{
    /// <summary>
    /// Two texts that differ in case alone are two: some vendors' ids do. GUIDs are the same in either case.
    /// </summary>
    public bool IsExact { get; init; }

    /// <summary>The names with a dollar sign that it refers to.</summary>
    public IEnumerable<string> Given => Left.Given.Concat(Right.Given);

    public bool Holds(in ValueScope scope)
    {
        if (Right.Text(scope) is not { } right)
            return false;
        if (Operator == WhereOperator.Has)
            return Left.List(scope).Any(one => Same(one, right));
        if (Left.Text(scope) is not { } left)
            return false;
        return Operator == WhereOperator.Equal ? Same(left, right) : !left.Equals(right, StringComparison.OrdinalIgnoreCase);
    }

    private bool Same(string left, string right) =>
        left.Equals(right, IsExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)
        || (Guid.TryParse(left, out var one) && Guid.TryParse(right, out var other) && one == other);
}

/// <summary>Written <c>==</c>, <c>!=</c> and <c>has</c>: the first is a list that holds the second.</summary>
internal enum WhereOperator { Equal, NotEqual, Has }

/// <summary>A value in the words of the vocabulary.</summary>
/// <param name="Map">The vendor's word to ours; empty when the value stands for itself.</param>
/// <param name="Otherwise">What any other word is; null for no value.</param>
/// <param name="Whole">The value is a part of this one, and becomes per cent of it; null when it is not.</param>
internal sealed record ValueRule(ValueTemplate Of, IReadOnlyDictionary<string, string> Map, string? Otherwise, ValueTemplate? Whole)
{
    /// <summary>The words of the vocabulary that it can be, as far as the manifest says them.</summary>
    public IEnumerable<string> Words => Map.Count == 0 && Of.Pieces.All(static piece => piece.Literal is not null)
        ? [Of.Source]
        : Map.Values.Append(Otherwise).OfType<string>();
}

/// <summary>How things of one kind are found, read and told.</summary>
/// <param name="Find">Lists those that may have a name, at least; <c>$name</c> is the name.</param>
/// <param name="Names">The names that one goes by.</param>
/// <param name="Belongs">What has to hold for it to be the client's: the connection's company at the vendor.</param>
/// <param name="Read">Reads one by <c>$target.id</c>; it is read, and has to belong, before anything is done to it.</param>
internal sealed record TargetManifest(
    string Kind,
    ListTemplate Find,
    ValueTemplate Id,
    IReadOnlyList<ValueTemplate> Names,
    ValueTemplate? Client,
    IReadOnlyList<WhereRule> Belongs,
    RequestTemplate Read,
    JsonPath ReadAt,
    IReadOnlyList<ObservationRule> Observations)
{
    /// <summary>Asked where <see cref="Find"/> finds none of a name; null when there is no second way.</summary>
    public ListTemplate? AlsoFind { get; init; }
}

/// <param name="Items">Where the list is in the answer.</param>
internal sealed record ListTemplate(RequestTemplate Request, JsonPath Items, PagingRule? Paging);

/// <summary>What one call tells of a target.</summary>
/// <param name="Request">Null for what <see cref="TargetManifest.Read"/> answered.</param>
/// <param name="Each">Where the list of parts is; null when the answer is about the target itself.</param>
/// <param name="IsOptional">Not every target has it; what the vendor refuses is left out, and <see cref="Refused"/> told instead.</param>
internal sealed record ObservationRule(
    RequestTemplate? Request, JsonPath? Each, bool IsOptional, PagingRule? Paging,
    IReadOnlyList<KeyValuePair<ValueTemplate, ValueRule>> Values)
{
    /// <summary>Told in their place where the vendor refuses; empty for nothing.</summary>
    public IReadOnlyList<KeyValuePair<ValueTemplate, ValueRule>> Refused { get; init; } = [];

    /// <summary><see cref="Each"/> may be missing, or null, where there are no parts.</summary>
    public bool ListMayBeMissing { get; init; }
}

/// <summary>An action: looked up what it needs, then the one call that changes something.</summary>
/// <param name="Receipt">What is put on record of the answer; null for a sentence of the engine's own.</param>
internal sealed record ActionManifest(
    ActionSpec Spec, IReadOnlyList<RequirementRule> Requires, IReadOnlyList<LookupRule> Lookups, RequestTemplate Call,
    ValueTemplate? Receipt)
{
    /// <summary>How the vendor is asked what became of the call; null where it cannot tell.</summary>
    public ReconcileRule? Reconcile { get; init; }
}

/// <summary>What has to hold of the target, as it was read right before, or the call is not made.</summary>
/// <param name="Otherwise">Why not, for people, as in <c>the ticket is closed already</c>.</param>
internal sealed record RequirementRule(IReadOnlyList<WhereRule> When, ValueTemplate Otherwise);

/// <summary>Something that has to be known before the call: exactly one item has to fit.</summary>
/// <param name="What">What is said when there is none, as in <c>a service {$argument.service}</c>.</param>
internal sealed record LookupRule(
    ListTemplate List, IReadOnlyList<WhereRule> Where, IReadOnlyDictionary<string, ValueTemplate> Let, ValueTemplate What);

/// <summary>Events that the vendor sends.</summary>
internal sealed record WebhookManifest(SenderRule Sender, IReadOnlyList<EventRule> Events);

/// <summary>How a sender proves itself.</summary>
/// <param name="Setting">Holds the secret, or the certificate's thumbprint; null when the vendor hands it out itself.</param>
/// <param name="FetchedKey">Where the vendor hands out the key of a signature; null when a setting holds it.</param>
internal sealed record SenderRule(
    SenderProof Proof, string? Setting, string? Header, string? UsernameSetting, HmacAlgorithm Algorithm, FetchedKeyRule? FetchedKey)
{
    /// <summary>The time that is signed with the body; null when the body alone is.</summary>
    public SignedTime? Time { get; init; }

    /// <summary>Where the secret is in what is sent; null where it is not in there.</summary>
    public SecretMember? Member { get; init; }

    /// <summary>The secret of a signature is the key in base64.</summary>
    public bool IsKeyBase64 { get; init; }
}

internal enum SenderProof
{
    Bearer,
    Basic,
    Header,
    Hmac,

    /// <summary>HMAC-SHA256 over the body; the key is the SHA-256 of a text that the vendor tells at an address of its own.</summary>
    FetchedKey,

    /// <summary>A secret that the vendor was given and writes into each delivery, as a client state.</summary>
    Member,

    /// <summary>A client certificate, known by its SHA-256 thumbprint.</summary>
    Certificate,
}

/// <param name="Address">Where a delivery names the address, which counts only when it is the vendor's own host.</param>
/// <param name="Path">What path and query of such an address are, all of them.</param>
/// <param name="Key">Where the key is in the answer.</param>
internal sealed record FetchedKeyRule(JsonPath Address, WholeMatch Path, JsonPath Key);

/// <summary>A delivery is a hint: the event is made of the record that it names, read with the connection's own credentials.</summary>
/// <param name="Let">What is taken from the delivery, for the request and for the event, by name.</param>
/// <param name="At">Where the record is in the answer.</param>
internal sealed record RereadRule(IReadOnlyDictionary<string, ValueTemplate> Let, RequestTemplate Request, JsonPath At);

/// <summary>One kind of event. The first that fits a document counts; one that none fits is refused.</summary>
/// <param name="Each">Where the list of events is; <c>$</c> for one document that is one event.</param>
/// <param name="When">What has to hold for the document to be of this kind.</param>
/// <param name="Belongs">What has to hold for an event to be the client's; one of another company is refused.</param>
/// <param name="Ignore">Nothing is recorded of it.</param>
/// <param name="Reread">Null when the event is what was sent.</param>
/// <param name="Operation">The operation that the call was sent with which the event comes of; null where the vendor tells none.</param>
/// <param name="ResolvedWhen">What has to hold for it to be an end; empty where <paramref name="Status"/> tells.</param>
internal sealed record EventRule(
    JsonPath? Each,
    IReadOnlyList<WhereRule> When,
    IReadOnlyList<WhereRule> Belongs,
    bool Ignore,
    RereadRule? Reread,
    ValueTemplate? Id,
    ValueRule? Status,
    IReadOnlyList<WhereRule> ResolvedWhen,
    ValueRule? Severity,
    ValueTemplate? Kind,
    ValueTemplate? Device,
    ValueTemplate? User,
    ValueTemplate? Title,
    ValueTemplate? Description,
    ValueTemplate? Key,
    ValueTemplate? At,
    ValueTemplate? Operation,
    IReadOnlyDictionary<string, ValueTemplate> Attributes);
