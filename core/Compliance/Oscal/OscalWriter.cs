using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>Writes OSCAL JSON straight to a stream: no nulls, no empty arrays, members always in the same order.</summary>
internal sealed class OscalWriter : IDisposable
{
    public const string Version = "1.2.2";

    private const int FlushAt = 64 * 1024;
    private readonly Utf8JsonWriter json;
    private readonly string ns;

    /// <param name="ns">The namespace of our own properties.</param>
    /// <param name="indented">For small documents, which people read too.</param>
    public OscalWriter(Stream output, string ns, bool indented)
    {
        this.ns = ns;
        json = new(output, new() { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    public void Open() => json.WriteStartObject();

    public void Open(string name) => json.WriteStartObject(name);

    public void Close()
    {
        json.WriteEndObject();
        if (json.BytesPending > FlushAt)
            json.Flush();
    }

    public void OpenArray(string name) => json.WriteStartArray(name);

    public void CloseArray() => json.WriteEndArray();

    public void Text(string name, string value) => json.WriteString(name, value);

    public void Uuid(string name, Guid value) => json.WriteString(name, value);

    public void Uuid(Guid value) => json.WriteString("uuid", value);

    public void Time(string name, DateTimeOffset at) => json.WriteString(name, OscalText.Time(at));

    /// <summary>An array with one object per item, and nothing at all when there are no items.</summary>
    public void Array<T>(string name, IEnumerable<T> items, Action<T> write)
    {
        using var each = items.GetEnumerator();
        if (!each.MoveNext())
            return;
        OpenArray(name);
        do
        {
            Open();
            write(each.Current);
            Close();
        }
        while (each.MoveNext());
        CloseArray();
    }

    public void Texts(string name, params IEnumerable<string> values)
    {
        OpenArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        CloseArray();
    }

    /// <summary>An array with one object, as many places want.</summary>
    public void Only(string name, Action write)
    {
        OpenArray(name);
        Open();
        write();
        Close();
        CloseArray();
    }

    /// <summary>A property of OSCAL's own vocabulary.</summary>
    public void OscalProp(string name, string value)
    {
        Open();
        Text("name", name);
        Text("value", value);
        Close();
    }

    /// <summary>A property of ours.</summary>
    public void Prop(string name, string value, string? @class = null, Guid? uuid = null)
    {
        Open();
        Text("name", name);
        if (uuid is { } id)
            Uuid(id);
        Text("ns", ns);
        Text("value", OscalText.Line(value));
        if (@class is not null)
            Text("class", @class);
        Close();
    }

    public void EntryProps(EntryReference mark, Hash256 leaf)
    {
        Prop("ledger-seq", Number(mark.Seq));
        Prop("ledger-leaf-hash", leaf.ToString(), "rfc6962-sha256");
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public void Dispose() => json.Dispose();
}
