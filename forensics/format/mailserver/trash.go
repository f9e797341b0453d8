package mailserver

import (
	"bytes"
	"strings"
)

// isTrash reports whether a folder is one that clients move deleted mail to. Only the name
// can tell here (a log has no special-use attributes), so the list holds the names that
// Dovecot's sample configuration, Outlook, Thunderbird, Apple Mail and the big providers use,
// in the languages in which they are common.
func isTrash(name []byte) bool {
	if i := bytes.LastIndexAny(name, "/."); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 || len(name) > 64 {
		return false
	}
	switch strings.ToLower(string(name)) {
	case "trash", "bin", "deleted", "deleted items", "deleted messages", "deleted mail", "wastebasket", "rubbish", // English
		"papierkorb", "gelöscht", "gelöschte elemente", "gelöschte objekte", "gelöschte nachrichten", // German
		"corbeille", "éléments supprimés", "messages supprimés", "poubelle", // French
		"papelera", "elementos eliminados", "mensajes eliminados", "eliminados", // Spanish
		"cestino", "posta eliminata", "elementi eliminati", "messaggi eliminati", // Italian
		"lixeira", "itens excluídos", "itens eliminados", "reciclagem", // Portuguese
		"prullenbak", "verwijderde items", "verwijderde berichten", "prullenmand", // Dutch
		"papirkurv", "slettet post", "slettede elementer", "slettede meldinger", // Danish, Norwegian
		"papperskorgen", "papperskorg", "borttaget", "borttagna objekt", // Swedish
		"roskakori", "roskat", "poistetut", "poistetut viestit", // Finnish
		"kosz", "elementy usunięte", "usunięte", // Polish
		"koš", "kôš", "odstraněná pošta", "odstránené položky", // Czech, Slovak
		"kuka", "törölt elemek", "lomtár", // Hungarian
		"coș de gunoi", "elemente șterse", // Romanian
		"корзина", "удаленные", "удалённые", "кошик", "видалені", // Russian, Ukrainian
		"çöp kutusu", "çöp", "silinmiş öğeler", // Turkish
		"κάδος απορριμμάτων", "διαγραμμένα", // Greek
		"ゴミ箱", "削除済みアイテム", "已删除", "已删除邮件", "垃圾桶", "垃圾箱", "휴지통", "지운 편지함": // Japanese, Chinese, Korean
		return true
	}
	return false
}
