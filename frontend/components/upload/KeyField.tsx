/** The operator's key, where one is needed. It is kept as long as the tab. */
export function KeyField({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  return (
    <div className="field">
      <label htmlFor="api-key">Access key</label>
      <input
        id="api-key"
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={value}
        aria-describedby="api-key-hint"
        onChange={(event) => onChange(event.currentTarget.value.trim())}
      />
      <p id="api-key-hint" className="hint">
        From whoever runs this page. It is forgotten when this tab is closed.
      </p>
    </div>
  );
}
