/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
var Ce=globalThis,Oe=Ce.ShadowRoot&&(Ce.ShadyCSS===void 0||Ce.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,at=Symbol(),jt=new WeakMap,ye=class{constructor(e,t,i){if(this._$cssResult$=!0,i!==at)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Oe&&e===void 0){let i=t!==void 0&&t.length===1;i&&(e=jt.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),i&&jt.set(t,e))}return e}toString(){return this.cssText}},Wt=n=>new ye(typeof n=="string"?n:n+"",void 0,at),b=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((i,r,s)=>i+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(r)+n[s+1],n[0]);return new ye(t,n,at)},Gt=(n,e)=>{if(Oe)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let i=document.createElement("style"),r=Ce.litNonce;r!==void 0&&i.setAttribute("nonce",r),i.textContent=t.cssText,n.appendChild(i)}},lt=Oe?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let i of e.cssRules)t+=i.cssText;return Wt(t)})(n):n;var{is:nr,defineProperty:sr,getOwnPropertyDescriptor:or,getOwnPropertyNames:ar,getOwnPropertySymbols:lr,getPrototypeOf:cr}=Object,Le=globalThis,Kt=Le.trustedTypes,dr=Kt?Kt.emptyScript:"",pr=Le.reactiveElementPolyfillSupport,$e=(n,e)=>n,ct={toAttribute(n,e){switch(e){case Boolean:n=n?dr:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},Yt=(n,e)=>!nr(n,e),Zt={attribute:!0,type:String,converter:ct,reflect:!1,useDefault:!1,hasChanged:Yt};Symbol.metadata??=Symbol("metadata"),Le.litPropertyMetadata??=new WeakMap;var I=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Zt){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let i=Symbol(),r=this.getPropertyDescriptor(e,i,t);r!==void 0&&sr(this.prototype,e,r)}}static getPropertyDescriptor(e,t,i){let{get:r,set:s}=or(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:r,set(o){let l=r?.call(this);s?.call(this,o),this.requestUpdate(e,l,i)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Zt}static _$Ei(){if(this.hasOwnProperty($e("elementProperties")))return;let e=cr(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty($e("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty($e("properties"))){let t=this.properties,i=[...ar(t),...lr(t)];for(let r of i)this.createProperty(r,t[r])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[i,r]of t)this.elementProperties.set(i,r)}this._$Eh=new Map;for(let[t,i]of this.elementProperties){let r=this._$Eu(t,i);r!==void 0&&this._$Eh.set(r,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let i=new Set(e.flat(1/0).reverse());for(let r of i)t.unshift(lt(r))}else e!==void 0&&t.push(lt(e));return t}static _$Eu(e,t){let i=t.attribute;return i===!1?void 0:typeof i=="string"?i:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let i of t.keys())this.hasOwnProperty(i)&&(e.set(i,this[i]),delete this[i]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Gt(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,i){this._$AK(e,i)}_$ET(e,t){let i=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,i);if(r!==void 0&&i.reflect===!0){let s=(i.converter?.toAttribute!==void 0?i.converter:ct).toAttribute(t,i.type);this._$Em=e,s==null?this.removeAttribute(r):this.setAttribute(r,s),this._$Em=null}}_$AK(e,t){let i=this.constructor,r=i._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let s=i.getPropertyOptions(r),o=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:ct;this._$Em=r;let l=o.fromAttribute(t,s.type);this[r]=l??this._$Ej?.get(r)??l,this._$Em=null}}requestUpdate(e,t,i,r=!1,s){if(e!==void 0){let o=this.constructor;if(r===!1&&(s=this[e]),i??=o.getPropertyOptions(e),!((i.hasChanged??Yt)(s,t)||i.useDefault&&i.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,i))))return;this.C(e,t,i)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:i,reflect:r,wrapped:s},o){i&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),s!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||i||(t=void 0),this._$AL.set(e,t)),r===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,s]of this._$Ep)this[r]=s;this._$Ep=void 0}let i=this.constructor.elementProperties;if(i.size>0)for(let[r,s]of i){let{wrapped:o}=s,l=this[r];o!==!0||this._$AL.has(r)||l===void 0||this.C(r,void 0,s,l)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(i=>i.hostUpdate?.()),this.update(t)):this._$EM()}catch(i){throw e=!1,this._$EM(),i}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};I.elementStyles=[],I.shadowRootOptions={mode:"open"},I[$e("elementProperties")]=new Map,I[$e("finalized")]=new Map,pr?.({ReactiveElement:I}),(Le.reactiveElementVersions??=[]).push("2.1.2");var gt=globalThis,Jt=n=>n,De=gt.trustedTypes,Xt=De?De.createPolicy("lit-html",{createHTML:n=>n}):void 0,ni="$lit$",U=`lit$${Math.random().toFixed(9).slice(2)}$`,si="?"+U,hr=`<${si}>`,J=document,xe=()=>J.createComment(""),we=n=>n===null||typeof n!="object"&&typeof n!="function",vt=Array.isArray,ur=n=>vt(n)||typeof n?.[Symbol.iterator]=="function",dt=`[ 	
\f\r]`,be=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Qt=/-->/g,ei=/>/g,Z=RegExp(`>|${dt}(?:([^\\s"'>=/]+)(${dt}*=${dt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),ti=/'/g,ii=/"/g,oi=/^(?:script|style|textarea|title)$/i,yt=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),a=yt(1),L=yt(2),ai=yt(3),X=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),ri=new WeakMap,Y=J.createTreeWalker(J,129);function li(n,e){if(!vt(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return Xt!==void 0?Xt.createHTML(e):e}var mr=(n,e)=>{let t=n.length-1,i=[],r,s=e===2?"<svg>":e===3?"<math>":"",o=be;for(let l=0;l<t;l++){let c=n[l],p,h,u=-1,m=0;for(;m<c.length&&(o.lastIndex=m,h=o.exec(c),h!==null);)m=o.lastIndex,o===be?h[1]==="!--"?o=Qt:h[1]!==void 0?o=ei:h[2]!==void 0?(oi.test(h[2])&&(r=RegExp("</"+h[2],"g")),o=Z):h[3]!==void 0&&(o=Z):o===Z?h[0]===">"?(o=r??be,u=-1):h[1]===void 0?u=-2:(u=o.lastIndex-h[2].length,p=h[1],o=h[3]===void 0?Z:h[3]==='"'?ii:ti):o===ii||o===ti?o=Z:o===Qt||o===ei?o=be:(o=Z,r=void 0);let _=o===Z&&n[l+1].startsWith("/>")?" ":"";s+=o===be?c+hr:u>=0?(i.push(p),c.slice(0,u)+ni+c.slice(u)+U+_):c+U+(u===-2?l:_)}return[li(n,s+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),i]},_e=class n{constructor({strings:e,_$litType$:t},i){let r;this.parts=[];let s=0,o=0,l=e.length-1,c=this.parts,[p,h]=mr(e,t);if(this.el=n.createElement(p,i),Y.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(r=Y.nextNode())!==null&&c.length<l;){if(r.nodeType===1){if(r.hasAttributes())for(let u of r.getAttributeNames())if(u.endsWith(ni)){let m=h[o++],_=r.getAttribute(u).split(U),g=/([.?@])?(.*)/.exec(m);c.push({type:1,index:s,name:g[2],strings:_,ctor:g[1]==="."?ht:g[1]==="?"?ut:g[1]==="@"?mt:re}),r.removeAttribute(u)}else u.startsWith(U)&&(c.push({type:6,index:s}),r.removeAttribute(u));if(oi.test(r.tagName)){let u=r.textContent.split(U),m=u.length-1;if(m>0){r.textContent=De?De.emptyScript:"";for(let _=0;_<m;_++)r.append(u[_],xe()),Y.nextNode(),c.push({type:2,index:++s});r.append(u[m],xe())}}}else if(r.nodeType===8)if(r.data===si)c.push({type:2,index:s});else{let u=-1;for(;(u=r.data.indexOf(U,u+1))!==-1;)c.push({type:7,index:s}),u+=U.length-1}s++}}static createElement(e,t){let i=J.createElement("template");return i.innerHTML=e,i}};function ie(n,e,t=n,i){if(e===X)return e;let r=i!==void 0?t._$Co?.[i]:t._$Cl,s=we(e)?void 0:e._$litDirective$;return r?.constructor!==s&&(r?._$AO?.(!1),s===void 0?r=void 0:(r=new s(n),r._$AT(n,t,i)),i!==void 0?(t._$Co??=[])[i]=r:t._$Cl=r),r!==void 0&&(e=ie(n,r._$AS(n,e.values),r,i)),e}var pt=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:i}=this._$AD,r=(e?.creationScope??J).importNode(t,!0);Y.currentNode=r;let s=Y.nextNode(),o=0,l=0,c=i[0];for(;c!==void 0;){if(o===c.index){let p;c.type===2?p=new Se(s,s.nextSibling,this,e):c.type===1?p=new c.ctor(s,c.name,c.strings,this,e):c.type===6&&(p=new ft(s,this,e)),this._$AV.push(p),c=i[++l]}o!==c?.index&&(s=Y.nextNode(),o++)}return Y.currentNode=J,r}p(e){let t=0;for(let i of this._$AV)i!==void 0&&(i.strings!==void 0?(i._$AI(e,i,t),t+=i.strings.length-2):i._$AI(e[t])),t++}},Se=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,i,r){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=i,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=ie(this,e,t),we(e)?e===d||e==null||e===""?(this._$AH!==d&&this._$AR(),this._$AH=d):e!==this._$AH&&e!==X&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):ur(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==d&&we(this._$AH)?this._$AA.nextSibling.data=e:this.T(J.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:i}=e,r=typeof i=="number"?this._$AC(e):(i.el===void 0&&(i.el=_e.createElement(li(i.h,i.h[0]),this.options)),i);if(this._$AH?._$AD===r)this._$AH.p(t);else{let s=new pt(r,this),o=s.u(this.options);s.p(t),this.T(o),this._$AH=s}}_$AC(e){let t=ri.get(e.strings);return t===void 0&&ri.set(e.strings,t=new _e(e)),t}k(e){vt(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,i,r=0;for(let s of e)r===t.length?t.push(i=new n(this.O(xe()),this.O(xe()),this,this.options)):i=t[r],i._$AI(s),r++;r<t.length&&(this._$AR(i&&i._$AB.nextSibling,r),t.length=r)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let i=Jt(e).nextSibling;Jt(e).remove(),e=i}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},re=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,i,r,s){this.type=1,this._$AH=d,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=s,i.length>2||i[0]!==""||i[1]!==""?(this._$AH=Array(i.length-1).fill(new String),this.strings=i):this._$AH=d}_$AI(e,t=this,i,r){let s=this.strings,o=!1;if(s===void 0)e=ie(this,e,t,0),o=!we(e)||e!==this._$AH&&e!==X,o&&(this._$AH=e);else{let l=e,c,p;for(e=s[0],c=0;c<s.length-1;c++)p=ie(this,l[i+c],t,c),p===X&&(p=this._$AH[c]),o||=!we(p)||p!==this._$AH[c],p===d?e=d:e!==d&&(e+=(p??"")+s[c+1]),this._$AH[c]=p}o&&!r&&this.j(e)}j(e){e===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},ht=class extends re{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===d?void 0:e}},ut=class extends re{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==d)}},mt=class extends re{constructor(e,t,i,r,s){super(e,t,i,r,s),this.type=5}_$AI(e,t=this){if((e=ie(this,e,t,0)??d)===X)return;let i=this._$AH,r=e===d&&i!==d||e.capture!==i.capture||e.once!==i.once||e.passive!==i.passive,s=e!==d&&(i===d||r);r&&this.element.removeEventListener(this.name,this,i),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ft=class{constructor(e,t,i){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=i}get _$AU(){return this._$AM._$AU}_$AI(e){ie(this,e)}};var fr=gt.litHtmlPolyfillSupport;fr?.(_e,Se),(gt.litHtmlVersions??=[]).push("3.3.3");var ci=(n,e,t)=>{let i=t?.renderBefore??e,r=i._$litPart$;if(r===void 0){let s=t?.renderBefore??null;i._$litPart$=r=new Se(e.insertBefore(xe(),s),s,void 0,t??{})}return r._$AI(n),r};var $t=globalThis,N=class extends I{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=ci(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return X}};N._$litElement$=!0,N.finalized=!0,$t.litElementHydrateSupport?.({LitElement:N});var gr=$t.litElementPolyfillSupport;gr?.({LitElement:N});($t.litElementVersions??=[]).push("4.2.2");var T="lovato_dmed4";function He(n,e){let t=new Map;for(let{entity_id:i,device_id:r,platform:s,translation_key:o}of Object.values(n.entities))r===e&&s===T&&o&&t.set(`${i.split(".",1).join()}.${o}`,i);return t}function di(n,e,t){return n.states[e.get(t)??""]}function pi(n){return n!==void 0&&n.state!=="unavailable"&&n.state!=="unknown"}var vr={mW:1e-6,W:.001,kW:1,MW:1e3,µV:1e-6,mV:.001,V:1,kV:1e3,mA:.001,A:1,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,J:1/36e5,kJ:1/3600,MJ:1/3.6,GJ:1e3/3.6};function Ne(n,e=n?.state){let t=String(n?.attributes.unit_of_measurement),i=Number.parseFloat(e??"")*(vr[t]??1);return Number.isFinite(i)?i:null}var R=b`button,select,input{box-sizing:border-box;min-height:44px;font:inherit;font-size:var(--ha-font-size-m);color:var(--primary-text-color)}button{display:inline-flex;align-items:center;justify-content:center;gap:8px;padding:0 16px;border:0;border-radius:var(--ha-border-radius-pill);background:color-mix(in srgb,currentColor 10%,transparent);font-weight:var(--ha-font-weight-medium);line-height:1.2;cursor:pointer;transition:background-color .12s}button:hover:not([disabled],[aria-disabled=true]){background:color-mix(in srgb,currentColor 20%,transparent)}button.start{background:var(--ha-color-fill-success-loud-resting);color:var(--ha-color-on-success-loud)}button.start:hover:not([disabled],[aria-disabled=true]){background:var(--ha-color-fill-success-loud-hover)}button.end{background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal)}button.end:hover:not([disabled],[aria-disabled=true]){background:color-mix(in srgb,currentColor 8%,var(--ha-color-fill-danger-normal-resting))}button:is([disabled],[aria-disabled=true]){cursor:default;opacity:.5}input,select{width:100%;padding:0 12px;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal);border-radius:var(--ha-border-radius-md) var(--ha-border-radius-md) 0 0;background:var(--ha-color-form-background)}input[type=checkbox]{flex:none;width:20px;min-height:20px;margin:0;accent-color:var(--primary-color)}option{background:var(--card-background-color)}[aria-invalid=true]{border-bottom-color:var(--error-color)}:focus-visible{outline:2px solid var(--primary-color);outline-offset:2px}.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`,ne=b`dialog{box-sizing:border-box;width:min(440px,calc(100vw - 32px));max-height:calc(100dvh - 32px);padding:24px;border:0;border-radius:var(--ha-border-radius-3xl);background:var(--card-background-color);color:var(--primary-text-color);box-shadow:0 8px 32px #0000004d}dialog::backdrop{background:#0000007f}dialog h2{margin:0 0 8px;font-size:var(--ha-font-size-xl);font-weight:var(--ha-font-weight-medium)}dialog p{margin:0 0 16px;color:var(--secondary-text-color);line-height:1.5}dialog .buttons{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;margin-top:24px}`;var hi="config_panel";function yr(n){return`component.${T}.${hi}.${n}`}function bt(n){let e=(t,i)=>n.localize(yr(t),i);return e("card.action.start")?e:void 0}function ui(n){n.loadBackendTranslation(hi,T).catch(()=>{}),n.loadBackendTranslation("exceptions",T).catch(()=>{})}async function se(n,e){let{message:t,translation_domain:i,translation_key:r,translation_placeholders:s}=e??{};if(i&&r){let l=(await n.loadBackendTranslation("exceptions",i))(`component.${i}.exceptions.${r}.message`,s);if(l)return l}return t??bt(n)?.("error.connection")??""}var $r=1e3,$=class{value;error="";busy=!1;#e;#t=0;#i;constructor(e){this.#e=e,e.addController(this)}hostDisconnected(){clearTimeout(this.#i)}clear(){clearTimeout(this.#i),this.#t+=1,this.value=void 0,this.error="",this.busy=!1}async load(e,t,i={}){clearTimeout(this.#i),this.#t+=1;let r=this.#t;this.busy=!0,this.#e.requestUpdate();try{let s=await e.callWS({type:`${T}/${t}`,...i});if(r!==this.#t)return;this.value=s,this.error=""}catch(s){let o=await se(e,s);if(r!==this.#t)return;if(s?.code==="unknown_command"){this.#i=setTimeout(()=>{this.load(e,t,i)},$r);return}this.error=o}this.busy=!1,this.#e.requestUpdate()}};var br=["billing","drivers","prices","verify","archive"],ze=["all","this_month","last_month","this_year","last_year","custom"],A={search:"",meter:"",driver:"",range:"all",since:"",until:"",verdict:""},Q={view:"sessions",session:0,filters:A,period:"day",page:1},wt=["valid","inconsistent","unverifiable","key_changed","invalid"],xr=/^\d{4}-\d{2}-\d{2}$/,wr=2**31-1;function Ie(n){return Object.keys(A).some(e=>n[e]!==A[e])}function ae(n,e){let t=Number(e.slice(0,4)),i=(r,s)=>({since:r,until:Te(s,-1)});switch(n.range){case"all":return{since:"",until:""};case"this_month":return i(oe(e,0),oe(e,1));case"last_month":return i(oe(e,-1),oe(e,0));case"this_year":return i(`${t}-01-01`,`${t+1}-01-01`);case"last_year":return i(`${t-1}-01-01`,`${t}-01-01`);case"custom":return{since:n.since,until:n.until}}}function _t(n,e){let[t="",i=""]=n.split("/").filter(Boolean),r=new URLSearchParams(e),s=u=>{let m=r.get(u)??"";return xr.test(m)&&!Number.isNaN(Date.parse(m))?m:""},o=t==="session"?xt(i):0,[l,c]=[s("since"),s("until")],p=ze.find(u=>u===r.get("range")),h=l||c?"custom":p??"all";return{view:o?"session":br.find(u=>u===t)??"sessions",session:o,filters:{search:r.get("search")??"",meter:r.get("meter")??"",driver:String(xt(r.get("driver")??"")||""),range:h,since:l,until:c,verdict:wt.find(u=>u===r.get("verdict"))??""},period:r.get("period")==="month"?"month":"day",page:xt(r.get("page")??"")||1}}function xt(n){let e=/^\d+$/.test(n)?Number(n):0;return e<=wr?e:0}function ke({view:n,session:e,filters:t,period:i,page:r}){let s=new URLSearchParams;if(n==="session")t.meter&&s.set("meter",t.meter);else if(n!=="verify"&&n!=="archive"){for(let[c,p]of Object.entries(t))p&&p!==A[c]&&s.set(c,p);(t.since||t.until)&&s.delete("range"),i!=="day"&&s.set("period",i),r>1&&s.set("page",String(r))}let o=n==="sessions"?"":n==="session"?`/session/${e}`:`/${n}`,l=s.toString();return l?`${o}?${l}`:o}function le(n,e,t){let{since:i,until:r}=ae(n,t);return{...e.length?{device_id:e}:{},...n.driver?{driver_id:[Number(n.driver)]}:{},...n.search.trim()?{search:n.search.trim()}:{},...i?{since:i}:{},...r?{until:Te(r)}:{},...n.verdict?{verdict:[n.verdict]}:{}}}function ee(n){return new Intl.DateTimeFormat("sv-SE",{timeZone:n}).format(new Date)}function Te(n,e=1){let t=new Date(`${n}T00:00:00Z`);return t.setUTCDate(t.getUTCDate()+e),t.toISOString().slice(0,10)}function oe(n,e){let t=new Date(`${n.slice(0,7)}-01T00:00:00Z`);return t.setUTCMonth(t.getUTCMonth()+e),t.toISOString().slice(0,10)}async function mi(n,e){let t=e.includes("authSig=")?e:(await n.callWS({type:"auth/sign_path",path:e,expires:60})).path,i=document.createElement("a");i.href=n.hassUrl(t),i.download="",i.click()}var _r=34;function St(n,e,t=!1){let i=`${n}${ke(e)}`;t?history.replaceState(history.state,"",i):history.pushState({fromList:kr(n)&&e.view==="session"},"",i),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:t}}))}var Sr=new Set(["en","de","fr","it","es"]);function Fe(n){let[e=""]=n.language.split("-",1);return Sr.has(e)?e:void 0}function kr(n){return window.location.pathname.replace(/\/$/,"")===n}function kt(n){n.tabIndex=-1,n.focus()}var E=class extends N{static properties={hass:{attribute:!1},texts:{attribute:!1},info:{attribute:!1},place:{attribute:!1},base:{attribute:!1},moves:{attribute:!1},revision:{attribute:!1},e:{state:!0},v:{state:!0}};#e=new ResizeObserver(([e])=>{e&&(this.v=Math.max(240,Math.round(e.contentRect.width)-_r))});#t=0;constructor(){super(),this.e="",this.v=720}connectedCallback(){super.connectedCallback(),this.#e.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.#e.disconnect()}updated(){let e=this.renderRoot.querySelector("h2");if(!e)return;document.title=`${e.textContent.trim()} – Home Assistant`;let{moves:t=0}=this;t!==this.#t&&(this.#t=t,kt(e))}href(e){return`${this.base}${ke({...this.place,...e})}`}go(e,t=!1){St(this.base,{...this.place,...e},t)}async save(e){this.e="";try{await mi(this.hass,e)}catch(t){this.e=await se(this.hass,t)}}shouldUpdate(e){let t=e.get("hass");return e.size>1||t?.locale!==this.hass.locale}};var fi={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",system:void 0},gi=new Map;function Tt({language:n,number_format:e}){return e in fi?fi[e]:n}function O(n,e,t){let{language:i,number_format:r}=t,s=`${i} ${r} ${e}`,o=gi.get(s);return o||(o=new Intl.NumberFormat(Tt(t),{minimumFractionDigits:e,maximumFractionDigits:e,useGrouping:r!=="none"}),gi.set(s,o)),o.format(Number(n.toFixed(e))||0)}function ce(n){let e=Math.max(0,Math.floor(n)),t=i=>String(i%60).padStart(2,"0");return`${Math.floor(e/3600)}:${t(Math.floor(e/60))}:${t(e)}`}function Re(n,e,t=new Date,i="short"){let{language:r,time_format:s,time_zone:o}=e.locale,l=o==="server"?{timeZone:e.config.time_zone}:{},c=new Intl.DateTimeFormat(r,{...l,dateStyle:"medium"}),h=new Intl.DateTimeFormat(s==="system"?void 0:r,{...l,timeStyle:i,...s==="12"||s==="24"?{hour12:s==="12"}:{}}).format(n);return c.format(n)===c.format(t)?h:`${c.format(n)}, ${h}`}var k="–";function f(n,e,t){return n(`${e}.${t.toLowerCase()}`)||t}function v(n,e){return O(n,0,e.locale)}function x(n,e){return n===null?k:Re(new Date(n),e,new Date(0))}function B(n,e){return/^-?\d+(\.\d+)?$/.test(n)?O(Number(n),n.split(".")[1]?.length??0,e.locale):n}function z(n,e){return n===null?k:`${B(n,e)} kWh`}function V(n,e,t){let i=Tt(t.locale),r={style:"currency",currency:e};try{let s=new Intl.NumberFormat(i,r).resolvedOptions().maximumFractionDigits,o=Math.max(s??0,n.split(".")[1]?.length??0);return new Intl.NumberFormat(i,{...r,minimumFractionDigits:o,maximumFractionDigits:o}).format(Number(n))}catch{return`${B(n,t)} ${e}`}}function Ae(n,e,t={dateStyle:"medium"}){return new Intl.DateTimeFormat(e.locale.language,{...t,timeZone:"UTC"}).format(new Date(`${n}T00:00:00Z`))}function Rt(n,e){return n===null?k:f(e,"identification_type",n)}function Ee({driver:n,identification:e},t){return[n,e,t("panel.unidentified")].find(Boolean)??""}function de({driver:n,identification:e},t,i){let r=e&&t!==null?Rt(t,i):"",s=[n===null?"":e,r].filter(Boolean);return a`${Ee({driver:n,identification:e},i)}${s.length?a` <small>${s.join(" · ")}</small>`:d}`}function vi(n,e,t){let i=Object.fromEntries(n.values.map((r,s)=>[`value_${s+1}`,Rr(r,t)]));return e(`finding.${n.code}`,i)||n.code}var Tr=/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,]\d+)?([+-]\d\d):?(\d\d)(?: [A-Z])?$/;function Rr(n,e){let[,t,i="",r=""]=Tr.exec(n)??[],s=new Date(`${t??""}${i}:${r}`);if(t!==void 0&&!Number.isNaN(s.getTime()))return Re(s,e,new Date(0),"medium");let[,o,l=""]=/^(-?\d+\.\d+)( \w+)?$/.exec(n)??[];return o===void 0?n:`${B(o,e)}${l}`}var Ar={valid:["success","mdi:shield-check"],inconsistent:["warning","mdi:shield-alert-outline"],unverifiable:["neutral","mdi:shield-off-outline"],key_changed:["warning","mdi:key-alert-outline"],invalid:["danger","mdi:shield-remove"]},Er={note:["neutral","mdi:information-outline"],warning:["warning","mdi:alert-outline"],error:["danger","mdi:alert-circle-outline"]};function q(n){return Ar[n]??["neutral","mdi:shield-off-outline"]}function pe(n){let[e,t]=Er[n];return a`<ha-icon class="tone ${e}" icon=${t}></ha-icon>`}function Ue(n,e){let[t,i]=q(n);return a`<span class="chip ${t}"
><ha-icon icon=${i}></ha-icon>${f(e,"panel.verdict",n)}</span
>`}function he(n){return a`<code class="long"
>${n.split(":").map((e,t)=>t?a`:<wbr />${e}`:e)}</code
>`}function y(n,e,t){return a`<div class="notice ${n}" role=${n==="danger"?"alert":"status"}>
<ha-icon icon=${e}></ha-icon>
<div>${t}</div>
</div>`}function C(n,e,t){return n.error?y("danger","mdi:alert-circle-outline",a`<p>${n.error}</p>
<button type="button" ?disabled=${n.busy} @click=${t}>
${e("panel.retry")}
</button>`):d}function P(n){return a`<div class="waiting" role="status">
<span class="visually-hidden">${n("panel.loading")}</span>
<i></i><i></i><i></i>
</div>`}function ue(n){let e=n.filter(([,t])=>t!==null&&t!==""&&t!==d);return a`<dl>
${e.map(([t,i])=>a`<div>
<dt>${t}</dt>
<dd>${i}</dd>
</div>`)}
</dl>`}var yi=b`.check{display:grid;grid-template-columns:1fr auto;align-items:center;gap:12px 24px}.check .wide{grid-column:1 / -1}.check .notice{margin:0}.progress{margin-top:12px}progress{width:100%;accent-color:var(--primary-color, #009ac7)}@container (max-width: 600px){.check{grid-template-columns:1fr}}`;var w=b`var(--secondary-text-color, #5e5e5e)`;var M=b`:host{display:block;color:var(--primary-text-color, #141414);font-size:var(--ha-font-size-m, 14px);line-height:1.5}.card{display:block;margin:0 0 16px;padding:16px;border:1px solid var(--ha-card-border-color, var(--divider-color, rgb(0 0 0 / 12%)));border-radius:var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));background:var(--ha-card-background, var(--card-background-color, #fff))}.card>header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:8px 16px;margin-bottom:12px}h2,h3,h4,p,figure,ul{margin:0;padding:0}h2,h3{font-size:var(--ha-font-size-l, 16px);font-weight:var(--ha-font-weight-medium, 500)}h2.title{margin:4px 0 12px;font-size:var(--ha-font-size-2xl, 24px);font-weight:400;line-height:1.3}h4{margin:16px 0 4px;font-size:var(--ha-font-size-m, 14px);font-weight:var(--ha-font-weight-medium, 500)}a{color:inherit}ul{list-style:none}small,.quiet{color:${w};font-size:var(--ha-font-size-s, 12px)}code,pre{font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px)}code.long{overflow-wrap:anywhere}pre{max-height:240px;margin:8px 0;padding:12px;overflow:auto;border-radius:var(--ha-border-radius-md, 8px);background:var(--ha-color-form-background, #f3f3f3);white-space:pre-wrap;overflow-wrap:anywhere}.tone,.notice,.banner,.chip{--dmed4-fill: var(--ha-color-fill-neutral-normal-resting, #e6e6e6);--dmed4-on: var(--primary-text-color, #141414)}.success{--dmed4-fill: var(--ha-color-fill-success-normal-resting, #c2f2c1);--dmed4-on: var(--ha-color-on-success-normal, #036730)}.warning{--dmed4-fill: var(--ha-color-fill-warning-normal-resting, #ffe0c8);--dmed4-on: var(--ha-color-on-warning-normal, #9d3800)}.danger{--dmed4-fill: var(--ha-color-fill-danger-normal-resting, #ffdedc);--dmed4-on: var(--ha-color-on-danger-normal, #b30532)}.tone{flex:none;color:var(--dmed4-on)}.tone.neutral{color:${w}}.chip{display:inline-flex;align-items:center;gap:6px;padding:3px 10px 3px 8px;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--dmed4-fill);color:var(--dmed4-on);font-size:var(--ha-font-size-s, 12px);font-weight:var(--ha-font-weight-medium, 500);line-height:18px;white-space:nowrap}.chip ha-icon{--mdc-icon-size: 16px}.notice,.banner{display:flex;gap:12px;margin:0 0 16px;padding:12px 16px;border-radius:var(--ha-border-radius-lg, 12px);background:var(--dmed4-fill);color:var(--dmed4-on)}.notice>div{display:flex;flex:1;flex-wrap:wrap;align-items:center;gap:8px 16px;min-width:0;overflow-wrap:anywhere}.notice p{flex:1 1 200px}.notice button,.notice button:hover:not([disabled]){background:var(--card-background-color, #fff);color:var(--primary-text-color, #141414)}.banner{padding:16px}.banner>ha-icon{flex:none;--mdc-icon-size: 32px}.banner strong{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:32px}.banner p{max-width:75ch;margin-top:4px}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(190px,45%),1fr));gap:12px 24px;margin:0}*+h3{margin-top:16px}dt{color:${w};font-size:var(--ha-font-size-s, 12px)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}dd small{display:block}h2:focus{outline:none}dd b{font-size:var(--ha-font-size-xl, 20px);font-weight:var(--ha-font-weight-medium, 500);line-height:1.2}label>span{display:block;margin-bottom:4px;color:${w};font-size:var(--ha-font-size-s, 12px)}::placeholder{color:${w};opacity:1}button ha-icon{--mdc-icon-size: 20px}.downloads{display:flex;flex-wrap:wrap;gap:6px}.downloads button{gap:4px;padding:0 13px 0 9px}.parts>li,.keys>li{display:flex;gap:12px;padding:10px 0}.parts>li+li,.keys>li+li{border-top:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.parts>li>div,.keys>li>div{flex:1;min-width:0}.parts h4{margin:0}.parts p,.keys p{max-width:80ch}.deviations li{display:flex;gap:8px;padding:2px 0}.deviations ha-icon{--mdc-icon-size: 18px}summary{display:flex;align-items:center;gap:8px 12px;min-height:44px;cursor:pointer}summary:after{flex:none;width:8px;height:8px;margin-inline:auto 4px;border:solid ${w};border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.raw>summary{color:${w}}.empty{padding:48px 16px;color:${w};text-align:center}.empty h2{margin:8px 0;color:var(--primary-text-color, #141414)}.empty p{max-width:60ch;margin:8px auto}.empty ha-icon{--mdc-icon-size: 48px}.waiting{display:grid;gap:12px;padding:8px 0}.waiting i{height:20px;border-radius:4px;background:var(--ha-color-fill-neutral-normal-resting, #e6e6e6);opacity:.6}.waiting i:nth-of-type(2){width:70%}.waiting i:nth-of-type(3){width:45%}@media(prefers-reduced-motion:no-preference){.waiting i{animation:wait 1s ease-in-out infinite alternate}@keyframes wait{to{opacity:.25}}}`;var Pr=50,Be=class extends E{static styles=[R,M,yi];#e=new $(this);#t=new $(this);#i=-1;willUpdate(e){(e.has("revision")||!this.hasUpdated)&&this.#n()}#n=()=>{this.#t.load(this.hass,"records/list",{...this.#a(this.info.meters[0]),limit:Pr})};#a(e){let{meters:t}=this.info;return!e||t.every(({archive:i})=>i===e.archive)?{}:{device_id:t.flatMap(({archive:i,device_id:r})=>i===e.archive?r??[]:[])}}#p(e){this.#i=e.archive,this.#e.clear(),this.#e.load(this.hass,"archive/verify",this.#a(e))}render(){let{meters:e}=this.info,t=[...new Set(e.map(({archive:i})=>i))];return a`<h2 class="visually-hidden">${this.texts("panel.tab.archive")}</h2>
${t.map(i=>this.#d(e.filter(r=>r.archive===i)))}
${this.#c()}`}#d(e){let{texts:t}=this,[i]=e,{value:r,busy:s}=this.#e,o=this.#i===i?.archive;return a`
${e.map(l=>this.#o(l))}
<section class="card check">
<div>
<h2>${t("panel.archive.verify")}</h2>
<p class="quiet">${t("panel.archive.verify_hint")}</p>
</div>
<button
type="button"
?disabled=${s||!i?.available}
@click=${()=>{i&&this.#p(i)}}
>
<ha-icon icon="mdi:shield-sync-outline"></ha-icon>
${t(s&&o?"panel.archive.verifying":"panel.archive.verify_now")}
</button>
<div class="wide" role="status">
${o&&r?y(r.suspicious?"warning":"success",r.suspicious?"mdi:shield-alert-outline":"mdi:shield-check",t("panel.archive.verified",{records:v(r.records,this.hass),suspicious:v(r.suspicious,this.hass),failed:v(r.failed,this.hass)})):d}
${o&&this.#e.error?y("danger","mdi:alert-circle-outline",this.#e.error):d}
</div>
</section>
`}#o(e){let{texts:t,hass:i}=this,{sync:r}=e,s=He(i,e.device_id??""),o=pi(di(i,s,"binary_sensor.charging"));return a`<section class="card">
<header>
<h2>
${e.device_id?a`<a href="/config/devices/device/${e.device_id}">${e.name}</a>`:e.name}
</h2>
</header>
${o?d:y("neutral","mdi:lan-disconnect",t("panel.archive.offline"))}
${e.available?d:y("warning","mdi:database-off-outline",t("panel.unavailable",{name:e.name,count:v(e.waiting,i)}))}
${this.#l(e)}
${e.failed?y("danger","mdi:shield-remove",a`<p>${t("panel.archive.failed",{count:v(e.failed,i)})}</p>
<a href=${this.#r(e)}>${t("panel.archive.show_failed")}</a>`):d}
${r.lost?y("danger","mdi:database-remove-outline",t("panel.archive.lost",{count:v(r.lost,i)})):d}
${r.overwrites_soon?y("warning","mdi:database-alert-outline",t("panel.archive.overwrites_soon")):d}
${r.failed?y("warning","mdi:sync-alert",t("panel.archive.sync_failed")):d}
${ue([[t("panel.archive.records"),a`<b>${v(e.records,i)}</b>`],[t("panel.archive.suspicious"),v(e.suspicious,i)],[t("panel.archive.missing"),r.missing===null?t("panel.archive.not_known"):v(r.missing,i)],[t("panel.archive.waiting"),e.waiting?v(e.waiting,i):null],[t("panel.archive.sync"),t(this.#h(e))]])}
${r.running?this.#s(e):d} ${this.#u(e)}
</section>`}#r({device_id:e}){let t={...A,meter:e??"",verdict:"invalid"};return this.href({...Q,filters:t})}#l({alarm:e}){let{texts:t}=this;return e?y("danger","mdi:key-alert-outline",a`<p>${t("panel.archive.key_alarm")}</p>
<p>
${t("panel.archive.key_known")} ${he(e.expected)}<br />
${t("panel.archive.key_found")} ${he(e.found)}
</p>
<a href="/config/repairs">${t("panel.archive.open_repairs")}</a>`):d}#h({sync:e}){return e.running?"panel.archive.sync_running":e.missing===null?"panel.archive.sync_unknown":e.missing?"panel.archive.sync_behind":"panel.archive.sync_complete"}#s({name:e,sync:t}){let{texts:i,hass:r}=this,s=t.fetched+(t.missing??0),o=i("panel.archive.progress",{fetched:v(t.fetched,r),all:v(s,r)});return a`<div class="progress">
<progress aria-label=${e} max=${s||1} .value=${t.fetched}></progress>
<span>${o}</span>
</div>`}#u({keys:e}){let{texts:t,hass:i}=this;return a`<h3>${t("panel.archive.keys")}</h3>
${e.length?a`<ul class="keys">
${e.map(r=>a`<li>
<ha-icon
class="tone ${r.state==="changed"?"warning":r.state==="pinned"?"success":"neutral"}"
icon=${r.state==="changed"?"mdi:key-alert-outline":"mdi:key-outline"}
></ha-icon>
<div>
<p>${f(t,"key_state",r.state)}</p>
<p class="quiet">
${t("panel.archive.seen",{first:x(r.first_seen,i),last:x(r.last_seen,i)})}
</p>
<p class="quiet">
${t("panel.part.fingerprint")} ${he(r.fingerprint)}
</p>
<details class="raw">
<summary>${t("panel.public_key")}</summary>
<pre tabindex="0" aria-label=${t("panel.public_key")}>
${r.public_key}</pre>
</details>
</div>
</li>`)}
</ul>`:a`<p class="quiet">${t("panel.archive.no_keys")}</p>`}`}#c(){let{texts:e}=this,{value:t,error:i}=this.#t;return!t&&!i?P(e):t?.total===0?d:a`<section class="card" aria-labelledby="others">
<h2 id="others">
${e("panel.others.title",{count:v(t?.total??0,this.hass)})}
</h2>
<p class="quiet">${e("panel.others.hint")}</p>
${C(this.#t,e,this.#n)}
${this.e?y("danger","mdi:alert-circle-outline",this.e):d}
<ul class="keys">
${t?.records.map(r=>this.#m(r))}
</ul>
</section>`}#m(e){let{texts:t,hass:i}=this;return a`<li>
<div>
<p>
${e.pagination??k}, ${x(e.time??e.arrived,i)},
${e.meter??t("panel.gone")}
</p>
<p class="quiet">${f(t,"signature",e.signature)}</p>
</div>
<button
type="button"
aria-label="OCMF ${e.pagination??""}: ${t("panel.download.ocmf")}"
@click=${()=>{this.save(e.links.ocmf)}}
>
<ha-icon icon="mdi:download"></ha-icon>OCMF
</button>
</li>`}};function Ve(n){let{filters:e,meters:t,text:i,onFilter:r,onSearch:s}=n,o=l=>c=>{r({[l]:c.target.value})};return a`<form
class="filters"
role="search"
@submit=${l=>{l.preventDefault()}}
>
<label class="wide"
><span>${i("panel.filter.search")}</span>
<input
type="search"
name="search"
.value=${e.search}
placeholder=${i("panel.filter.search_hint")}
@input=${l=>{s(l.target.value)}}
/>
</label>
${Mr(n)}
${t.length>1?a`<label
><span>${i("panel.filter.meter")}</span>
<select name="meter" @change=${o("meter")}>
<option value="" .selected=${!e.meter}>
${i("panel.filter.all_meters")}
</option>
${t.map(({device_id:l,name:c})=>a`<option value=${l??""} .selected=${l===e.meter}>
${c}
</option>`)}
</select>
</label>`:d}
${Cr(n)}
<label
><span>${i("panel.filter.verdict")}</span>
<select name="verdict" @change=${o("verdict")}>
<option value="" .selected=${!e.verdict}>${i("panel.filter.any_verdict")}</option>
${wt.map(l=>a`<option value=${l} .selected=${l===e.verdict}>
${f(i,"panel.verdict",l)}
</option>`)}
</select>
</label>
${Ie(e)?a`<button
type="button"
class="reset"
@click=${()=>{r(A)}}
>
<ha-icon icon="mdi:filter-remove-outline"></ha-icon>${i("panel.filter.reset")}
</button>`:d}
</form>`}function Mr({filters:n,today:e,text:t,onFilter:i}){return a`<label
><span>${t("panel.filter.range")}</span>
<select
name="range"
@change=${r=>{let s=ze.find(l=>l===r.target.value),o=s==="custom"?ae(n,e):{since:"",until:""};i({range:s??"all",...o})}}
>
${ze.map(r=>a`<option value=${r} .selected=${r===n.range}>
${t(`panel.range.${r}`)}
</option>`)}
</select>
</label>
${n.range==="custom"?["since","until"].map(r=>a`<label
><span>${t(`panel.filter.${r}`)}</span>
<input
type="date"
name=${r}
.value=${n[r]}
@change=${s=>{i({[r]:s.target.value})}}
/>
</label>`):d}`}function Cr({filters:n,drivers:e,text:t,onFilter:i}){let r=e.some(({driver_id:s})=>String(s)===n.driver);return!e.length&&!n.driver?d:a`<label
><span>${t("panel.filter.driver")}</span>
<select
name="driver"
@change=${s=>{i({driver:s.target.value})}}
>
<option value="" .selected=${!n.driver}>${t("panel.filter.all_drivers")}</option>
${e.map(({driver_id:s,name:o})=>a`<option value=${s} .selected=${String(s)===n.driver}>
${o}
</option>`)}
${n.driver&&!r?a`<option value=${n.driver} .selected=${!0}>
${t("panel.filter.gone_driver")}
</option>`:d}
</select>
</label>`}var Or=["billing","drivers","prices"],D=class extends E{static properties={...E.properties,d:{state:!0}};#e=null;constructor(){super(),this.d=!1}get archive(){let{meter:e}=this.place.filters,{meters:t}=this.info;if(t.every(({archive:r})=>r===t[0]?.archive))return{};let i=e||(t.find(({device_id:r})=>r)?.device_id??"");return i?{device_id:[i]}:{}}async write(e,t){this.d=!0,this.e="";try{return await this.hass.callWS({type:`${T}/${e}`,...this.archive,...t})}catch(i){this.e=await se(this.hass,i);return}finally{this.d=!1}}updated(){super.updated();let e=this.renderRoot.querySelector("dialog");e&&e!==this.#e&&e.showModal(),this.#e=e}closeDialog(){this.e="",this.renderRoot.querySelector("dialog")?.close()}async keepFocus(e){await this.updateComplete;let t=this.renderRoot.querySelector("h2");t&&(e==="delete"||!this.shadowRoot?.activeElement)&&kt(t)}ledgerTabs(){let{texts:e}=this,t={...this.place.filters,search:""};return a`<nav class="ledger" aria-label=${e("panel.tab.billing")}>
${Or.map(i=>a`<a
href=${this.href({view:i,filters:t})}
aria-current=${this.place.view===i?"page":d}
>${e(`panel.ledger.${i}`)}</a
>`)}
</nav>`}problem(){return this.e?y("danger","mdi:alert-circle-outline",this.e):d}rowButton(e,t,i){let r=this.texts(`panel.${e}`);return a`<button
type="button"
class="icon"
aria-label="${r}: ${t}"
title=${r}
@click=${i}
>
<ha-icon icon="mdi:${e==="edit"?"pencil":"delete"}-outline"></ha-icon>
</button>`}dialogButtons(e,t="start"){return a`${this.problem()}
<div class="buttons">
<button
type="button"
@click=${()=>{this.closeDialog()}}
>
${this.texts("panel.cancel")}
</button>
<button class=${t} ?disabled=${this.d}>${e}</button>
</div>`}};function j(n){let e=new FormData(n);return t=>{let i=e.get(t);return typeof i=="string"?i.trim():""}}function At(n){return Object.fromEntries(Object.entries(n).filter(([,e])=>e))}var me=b`.ledger{display:flex;flex-wrap:wrap;gap:4px;margin-bottom:16px}.ledger a{display:inline-flex;align-items:center;min-height:44px;padding:0 16px;border-radius:var(--ha-border-radius-pill, 9999px);font-weight:var(--ha-font-weight-medium, 500);text-decoration:none}.ledger a[aria-current]{background:var(--ha-color-fill-primary-normal-resting, #dff3fc)}.icon{width:44px;padding:0}.keys>li{flex-wrap:wrap;align-items:center}.keys>li>div{flex:1 1 200px;overflow-wrap:anywhere}.stranger form{display:flex;flex:0 1 auto;gap:8px;min-width:0}.stranger select{flex:0 1 auto;width:auto;min-width:0}.filters{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));align-items:end;gap:12px;margin-bottom:16px}.filters input,.filters select{background:var(--card-background-color, #fff)}form label,dialog label{display:block}dialog form{display:grid;gap:16px}dialog form p{margin:0}dialog .notice{margin:0}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:16px}textarea{box-sizing:border-box;width:100%;padding:8px 12px;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal);border-radius:var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;background:var(--ha-color-form-background, #f3f3f3);color:inherit;font:inherit}label.check{display:flex;align-items:center;gap:12px;min-height:44px}td small,th small{display:block}tfoot th,tfoot td{border:0;font-weight:var(--ha-font-weight-medium, 500)}tbody th{overflow-wrap:anywhere}th:last-child,td:last-child{padding-inline-end:0}@container (max-width: 600px){th,td{padding-inline-end:12px}.sums,.sums tbody,.sums tfoot{display:block}.sums thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.sums tr{display:grid;grid-template-columns:1fr auto;gap:2px 12px;padding:8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.sums tbody th,.sums tfoot th,.sums td{padding:0;border:0}.sums .count{grid-area:2 / 1;text-align:start;white-space:normal}.sums .count:before{content:attr(data-of) " "}.sums .cost{grid-area:1 / 2}}`;var qe=b`.filters{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));align-items:end;gap:12px;margin-bottom:16px}.filters .wide{grid-column:span 2}.filters input,.filters select{background:var(--card-background-color, #fff)}.icon{width:44px;padding:0}.switch{display:flex;border-radius:var(--ha-border-radius-pill, 9999px);background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.switch button{background:none}[aria-pressed=true],[aria-pressed=true]:hover:not([disabled]){background:var(--ha-color-fill-primary-normal-resting, #dff3fc)!important}.numbers>summary,.columns>summary{color:${w}}.columns>summary{justify-content:flex-start}.columns>summary:after{margin-inline:0 4px}fieldset{display:flex;flex-wrap:wrap;gap:0 24px;margin:0;padding:0;border:0}fieldset label{display:flex;align-items:center;gap:8px;min-height:44px;cursor:pointer}.sessions td{height:44px;vertical-align:middle}.sessions td:last-child,.sessions th:last-child{padding-inline-end:0}.sessions small{display:block;line-height:1.3}.sessions tbody tr{position:relative}.sessions tbody tr:hover{background:var(--ha-color-fill-neutral-quiet-resting, #f3f3f3)}.sessions a{text-decoration:none;white-space:nowrap}.sessions a:hover{text-decoration:underline}.sessions a:after{position:absolute;inset:0;content:""}.sessions a:focus-visible{outline:none}.sessions a:focus-visible:after{outline:2px solid var(--primary-color, #009ac7);outline-offset:-2px}.who,.tariff,.charge_point,.meter{max-width:220px;overflow-wrap:anywhere}.tariff,.charge_point,.meter{min-width:12ch}.open{color:var(--ha-color-on-success-normal, #036730);font-weight:var(--ha-font-weight-medium, 500)}.paging{display:flex;align-items:center;justify-content:flex-end;gap:8px;margin-top:12px}.list[aria-busy=true] tbody{opacity:.6}.hit{fill:transparent}.pointed .hit{fill:var(--ha-color-fill-neutral-normal-resting, #e6e6e6)}.series-0{fill:var(--dmed4-series-0);background:var(--dmed4-series-0)}.series-1{fill:var(--dmed4-series-1);background:var(--dmed4-series-1)}.series-2{fill:var(--dmed4-series-2);background:var(--dmed4-series-2)}.series-3{fill:var(--dmed4-series-3);background:var(--dmed4-series-3)}.series-4{fill:var(--dmed4-series-4);background:var(--dmed4-series-4)}.legend{margin-inline:-12px;display:flex;flex-wrap:wrap;gap:4px 8px;margin-top:8px}.legend button,.legend .item{display:inline-flex;align-items:center;gap:8px;min-height:44px;padding:0 12px;background:none;font-weight:400;overflow-wrap:anywhere}.legend i{flex:none;width:12px;height:12px;border-radius:3px}.legend b{font-weight:var(--ha-font-weight-medium, 500);white-space:nowrap}@container (max-width: 600px){.filters{grid-template-columns:1fr 1fr}.filters .wide{grid-column:1 / -1}}@container (max-width: 720px){.sessions,.sessions tbody{display:block}.sessions thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.sessions tbody tr{display:grid;grid-template-columns:1fr auto;align-items:center;gap:2px 12px;padding:12px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.sessions td{height:auto;max-width:none;padding:0;border:0}.sessions .begin{font-weight:var(--ha-font-weight-medium, 500)}.sessions .verdict{grid-area:1 / 2;justify-self:end}.sessions .energy{grid-area:2 / 2;font-weight:var(--ha-font-weight-medium, 500)}.sessions .who{grid-area:2 / 1}.sessions .duration{grid-area:3 / 2;color:${w}}.sessions .cost{grid-column:2}.sessions .end,.sessions .exported,.sessions .records,.sessions .charge_point,.sessions .tariff,.sessions .meter{grid-column:1;color:${w};font-size:var(--ha-font-size-s, 12px);text-align:start;white-space:normal}.sessions .end:before,.sessions .exported:before,.sessions .records:before{content:attr(data-label) ": "}}`;var W=b`.scroll{overflow-x:auto}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:8px 24px 8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));text-align:start;vertical-align:top}thead th{color:${w};font-size:var(--ha-font-size-s, 12px);font-weight:400;white-space:nowrap}tbody th{font-weight:400}.number{text-align:end;white-space:nowrap}.readings td:last-child,.readings th:last-child{padding-inline-end:0}.register small{display:block}@container (max-width: 600px){.readings,.readings tbody{display:block}.readings thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.readings tbody tr{display:grid;grid-template-columns:1fr auto;gap:2px 12px;padding:8px 0;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%))}.readings td{padding:0;border:0;overflow-wrap:anywhere}.readings .register{grid-area:1 / 1}.readings .value{grid-area:1 / 2;font-weight:var(--ha-font-weight-medium, 500)}.readings .time,.readings .transaction,.readings .status{color:${w};font-size:var(--ha-font-size-s, 12px)}.readings .transaction{grid-area:2 / 1}.readings .status{grid-area:2 / 2;text-align:end}.readings .time{grid-area:3 / 1 / auto / -1}}`;var Lr=350,$i=["name","address","email","phone","tax_id","note","city","party_id"],Dr=new Set(["address","note"]),je=class extends D{static properties={...D.properties,w:{state:!0}};static styles=[R,ne,M,W,qe,me];#e=new $(this);#t=new $(this);#i=new $(this);#n;disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n)}willUpdate(e){(e.has("revision")||e.has("place"))&&this.#p()}get#a(){let{device_id:e=[]}=this.archive,{filters:t}=this.place,i=t.meter?[t.meter]:e;return le(t,i,ee(this.hass.config.time_zone))}#p=()=>{this.#e.load(this.hass,"costs/sum",this.#a),this.#t.load(this.hass,"drivers/list",this.archive),this.#i.value||this.#i.load(this.hass,"issuer/get",this.archive)};#d=(e,t=!1)=>{this.go({filters:{...this.place.filters,...e},page:1},t)};#o=e=>{clearTimeout(this.#n),this.#n=setTimeout(()=>{this.#d({search:e},!0)},Lr)};#r(e){let t=new URLSearchParams;for(let[l,c]of Object.entries(this.#a))for(let p of[c].flat())t.append(l,String(p));let{meters:i}=this.info,[r]=t.getAll("device_id"),{entry_id:s=""}=i.find(({device_id:l})=>l===r)??i[0]??{},o=Fe(this.hass);o&&t.set("language",o),this.save(`/api/${T}/${s}/statement.${e}?${t}`)}#l=async e=>{e.preventDefault();let t=j(e.target),i=Object.fromEntries($i.map(r=>[r,t(r)]));this.w=await this.write("issuer/save",i)!==void 0};render(){let{texts:e}=this,{value:t,error:i}=this.#e;return a`
${this.ledgerTabs()}
${Ve({filters:this.place.filters,meters:this.info.meters.filter(({device_id:r})=>r),drivers:this.#t.value?.drivers??[],today:ee(this.hass.config.time_zone),text:e,onFilter:this.#d,onSearch:this.#o})}
${C(this.#e,e,this.#p)} ${this.problem()}
${t?this.#h(t):i?d:P(e)} ${this.#m()}
`}#h(e){let{texts:t,hass:i}=this;return a`<section class="card" aria-labelledby="costs">
<header>
<h2 id="costs">${t("panel.ledger.billing")}</h2>
<div class="downloads">
${["pdf","xlsx"].map(r=>a`<button
type="button"
title=${t("panel.billing.statement_hint")}
?disabled=${!e.sessions}
@click=${()=>{this.#r(r)}}
>
<ha-icon icon="mdi:download"></ha-icon>
${t("panel.billing.statement")} (${r.toUpperCase()})
</button>`)}
</div>
</header>
<p class="quiet">${t("panel.billing.hint")}</p>
${e.sessions?a`${this.#u(t("panel.billing.by_driver"),t("panel.filter.driver"),e.by_driver.map(r=>[r.driver_id===null?Ee(r,t):a`<a href=${this.#s({driver:String(r.driver_id)})}
>${r.driver}</a
>`,r]),e)}
${e.by_meter.length>1?this.#u(t("panel.billing.by_meter"),t("panel.filter.meter"),e.by_meter.map(r=>[r.device_id===null?r.meter??t("panel.gone"):a`<a href=${this.#s({meter:r.device_id})}
>${r.meter}</a
>`,r]),e):d}
${e.left_out.map(({reason:r,sessions:s})=>y("neutral","mdi:information-outline",`${t("panel.billing.left_out",{count:v(s,i)})} ${f(t,"not_billed",r)}`))}`:a`<p class="empty">${t("panel.list.none")}</p>`}
</section>`}#s(e){let{range:t,since:i,until:r}=this.place.filters;return this.href({view:"sessions",page:1,filters:{...A,range:t,since:i,until:r,...e}})}#u(e,t,i,r){let{texts:s}=this;return a`<h3>${e}</h3>
<div class="scroll" tabindex="0" role="region" aria-label=${e}>
<table class="sums" role="table">
<thead role="rowgroup">
<tr role="row">
<th role="columnheader" scope="col">${t}</th>
<th role="columnheader" scope="col" class="number">
${s("panel.billing.sessions")}
</th>
<th role="columnheader" scope="col" class="number">${s("panel.chart.title")}</th>
<th role="columnheader" scope="col" class="number">${s("panel.list.cost")}</th>
</tr>
</thead>
<tbody role="rowgroup">
${i.map(([o,l])=>this.#c(o,l))}
</tbody>
<tfoot role="rowgroup">
${this.#c(s("panel.chart.total"),r)}
</tfoot>
</table>
</div>`}#c(e,{sessions:t,billed:i,imported:r,exported:s,costs:o}){let{texts:l,hass:c}=this;return a`<tr role="row">
<th role="rowheader" scope="row">${e}</th>
<td role="cell" class="number count" data-of=${l("panel.billing.sessions")}>
${v(t,c)}
${i<t?a`<small>${l("panel.billing.billed",{count:v(i,c)})}</small>`:d}
</td>
<td role="cell" class="number">
${B(r,c)} kWh
${Number(s)?a`<small>${l("panel.fact.exported")}: ${B(s,c)} kWh</small>`:d}
</td>
<td role="cell" class="number cost">
${o.length?o.map(({amount:p,currency:h})=>a`<div>${V(p,h,c)}</div>`):"–"}
</td>
</tr>`}#m(){let{texts:e}=this,t=this.#i.value;return t?a`<details class="card">
<summary><h2>${e("panel.billing.sender")}</h2></summary>
<p class="quiet">${e("panel.billing.sender_hint")}</p>
<form class="pair" @submit=${this.#l}>
${$i.map(i=>a`<label
><span>${e(`panel.billing.${i}`)}</span>
${Dr.has(i)?a`<textarea
name=${i}
rows="3"
maxlength="1000"
.value=${t[i]}
></textarea>`:a`<input
name=${i}
type=${i==="email"?"email":"text"}
maxlength=${i==="party_id"?3:120}
pattern=${i==="party_id"?"[A-Za-z0-9]{3}":d}
.value=${t[i]}
/>`}
</label>`)}
<div class="downloads">
<button class="start" ?disabled=${this.d}>${e("panel.save")}</button>
<span role="status">${this.w?e("panel.saved"):""}</span>
</div>
</form>
</details>`:d}};var Et={name:"",identifications:[],address:"",email:"",person:"",note:"",active:!0},We=class extends D{static properties={...D.properties,n:{state:!0},i:{state:!0}};static styles=[R,ne,M,me];#e=new $(this);willUpdate(e){(e.has("revision")||e.has("place"))&&this.#i(),this.place.filters.search&&this.#e.value&&this.#t(this.#e.value)}#t({unnamed:e}){let{filters:t}=this.place,i=e.find(({identification:r})=>r===t.search);i&&(this.n=bi(i)),queueMicrotask(()=>{this.go({filters:{...t,search:""}},!0)})}#i=()=>this.#e.load(this.hass,"drivers/list",this.archive);#n=()=>{this.n=void 0,this.i=void 0};async#a(e,t){await this.write(`drivers/${e}`,t)!==void 0&&(this.closeDialog(),await this.#i(),await this.keepFocus(e))}#p=e=>{e.preventDefault();let t=this.n??Et,i=j(e.target);this.#a("save",{...t.driver_id===void 0?{}:{driver_id:t.driver_id},name:i("name"),identifications:Hr(i("identifications"),t.identifications),address:i("address"),email:i("email"),person:i("person"),note:i("note"),active:i("active")!==""})};#d=e=>{e.preventDefault(),this.#a("delete",{driver_id:this.i?.driver_id})};#o=(e,t)=>{t.preventDefault();let i=Number(j(t.target)("driver_id")),r=this.#e.value?.drivers.find(({driver_id:o})=>o===i);if(!r)return;let s=[...r.identifications,xi(e)];this.#a("save",{...r,identifications:s})};render(){let{texts:e}=this,{value:t,error:i}=this.#e;return a`
${this.ledgerTabs()} ${C(this.#e,e,()=>{this.#i()})}
${this.n||this.i?d:this.problem()}
${t?this.#r(t):i?d:P(e)}
${this.n?this.#u(this.n):d}
${this.i?this.#m(this.i):d}
`}#r({drivers:e,unnamed:t}){let{texts:i}=this;return a`<section class="card" aria-labelledby="drivers">
<header>
<h2 id="drivers">${i("panel.ledger.drivers")}</h2>
<button
type="button"
class="start"
@click=${()=>{this.n=Et}}
>
<ha-icon icon="mdi:account-plus-outline"></ha-icon>${i("panel.drivers.add")}
</button>
</header>
<p class="quiet">${i("panel.drivers.hint")}</p>
<ul class="keys">
${e.map(r=>this.#l(r))}
</ul>
</section>
${t.length?this.#h(t,e):d}`}#l(e){let{texts:t,hass:i}=this,{name:r,identifications:s,person:o,email:l,active:c}=e,p=i.states[o]?.attributes.friendly_name,h=[s.map(({value:u})=>u).join(", ")||t("panel.drivers.no_id"),typeof p=="string"?p:o,l,c?"":t("panel.drivers.inactive")];return a`<li>
<div>
<p>${r}</p>
<p class="quiet">${h.filter(Boolean).join(" · ")}</p>
</div>
${this.rowButton("edit",r,()=>{this.n=e})}
${this.rowButton("delete",r,()=>{this.i=e})}
</li>`}#h(e,t){let{texts:i}=this;return a`<section class="card" aria-labelledby="unnamed">
<h2 id="unnamed">${i("panel.drivers.unnamed")}</h2>
<p class="quiet">${i("panel.drivers.unnamed_hint")}</p>
<ul class="keys">
${e.map(r=>this.#s(r,t))}
</ul>
</section>`}#s(e,t){let{texts:i,hass:r}=this,{identification:s,identification_type:o,sessions:l,last:c,suggestion:p}=e;return a`<li class="stranger">
<div>
<p>${s}${p?` (${p})`:""}</p>
<p class="quiet">
${o?`${Rt(o,i)} · `:""}${i("panel.drivers.seen",{sessions:l,last:x(c,r)})}
</p>
</div>
<button
type="button"
aria-label="${i("panel.drivers.name_it")}: ${s}"
@click=${()=>{this.n=bi(e)}}
>
${i("panel.drivers.name_it")}
</button>
${t.length?a`<form
@submit=${h=>{this.#o(e,h)}}
>
<select
name="driver_id"
required
aria-label="${i("panel.drivers.belongs_to")}: ${s}"
>
<option value="">${i("panel.drivers.belongs_to")}</option>
${t.map(({driver_id:h,name:u})=>a`<option value=${h}>${u}</option>`)}
</select>
<button
aria-label="${i("panel.drivers.assign")}: ${s}"
?disabled=${this.d}
>
${i("panel.drivers.assign")}
</button>
</form>`:d}
</li>`}#u(e){let{texts:t}=this;return a`<dialog aria-labelledby="form" @close=${this.#n}>
<form @submit=${this.#p}>
<h2 id="form">
${t(e.driver_id===void 0?"panel.drivers.add":"panel.edit")}
</h2>
<label
><span>${t("panel.drivers.name")}</span>
<input name="name" required maxlength="120" autocomplete="off" .value=${e.name} />
</label>
<label
><span>${t("panel.drivers.identifications")}</span>
<textarea
name="identifications"
rows="3"
spellcheck="false"
autocomplete="off"
.value=${e.identifications.map(({value:i})=>i).join(`
`)}
></textarea>
<small>${t("panel.drivers.identifications_hint")}</small>
</label>
<label
><span>${t("panel.drivers.address")}</span>
<textarea name="address" rows="3" maxlength="1000" .value=${e.address}></textarea>
<small>${t("panel.drivers.address_hint")}</small>
</label>
<label
><span>${t("panel.drivers.email")}</span>
<input name="email" type="email" maxlength="120" .value=${e.email} />
</label>
${this.#c(e.person)}
<label
><span>${t("panel.drivers.note")}</span>
<textarea name="note" rows="2" maxlength="1000" .value=${e.note}></textarea>
</label>
<label class="check">
<input type="checkbox" name="active" ?checked=${e.active} />
${t("panel.drivers.active")}
</label>
${this.dialogButtons(t("panel.save"))}
</form>
</dialog>`}#c(e){let{texts:t,hass:i}=this,r=Object.values(i.states).filter(({entity_id:o})=>o.startsWith("person.")),s=r.some(({entity_id:o})=>o===e);return a`<label
><span>${t("panel.drivers.person")}</span>
<select name="person">
<option value="">${t("panel.none")}</option>
${e&&!s?a`<option value=${e} selected>${e}</option>`:d}
${r.map(({entity_id:o,attributes:l})=>a`<option value=${o} ?selected=${o===e}>
${l.friendly_name??o}
</option>`)}
</select>
<small>${t("panel.drivers.person_hint")}</small>
</label>`}#m({name:e}){let{texts:t}=this;return a`<dialog aria-labelledby="form" @close=${this.#n}>
<form @submit=${this.#d}>
<h2 id="form">${t("panel.drivers.delete_title",{name:e})}</h2>
<p>${t("panel.drivers.delete_hint")}</p>
${this.dialogButtons(t("panel.delete"),"end")}
</form>
</dialog>`}};function xi({identification:n,identification_type:e}){return{value:n,type:e}}function bi(n){return{...Et,name:n.suggestion??"",identifications:[xi(n)]}}function Hr(n,e){let t=n.split(`
`).map(i=>i.trim()).filter(Boolean);return[...new Set(t)].map(i=>({value:i,type:e.find(r=>r.value===i)?.type??null}))}var Pt=92,Mt=5;function Ge(n,e=0,t=4){let i=Math.min(0,e),r=Math.max(0,n),s=(r-i)/t||1/t,o=10**Math.floor(Math.log10(s)),l=o*([1,2,2.5,5].find(_=>_*o>=s*.999999)??10),c=Math.floor(i/l+1e-9),p=Math.max(Math.ceil(r/l-1e-9),c+1),h=Array.from({length:p-c+1},(_,g)=>(c+g)*l),u=Math.max(0,-Math.floor(Math.log10(l))),m=Math.abs(l*10**u-Math.round(l*10**u))<1e-6;return{top:p*l,bottom:c*l,ticks:h,decimals:m?u:u+1}}function Si(n,e,t,i){let r=i?.series.flatMap(({buckets:g})=>g.map(({start:te})=>te))??[];r.sort();let[s=t,o=t]=[r[0],r.at(-1)],l=[n.since,o,t].sort().at(-1)??t,c=n.until===""?l:n.until,p=[n.since===""?s:n.since,c].sort()[0]??c,h=Te(p,Pt)>c,u=12*(wi(c)-wi(p))+_i(c)-_i(p)+1,m=e==="day"&&h?"day":u<=Pt?"month":"year",_=[];for(let g=ki(p,m);g<=c;g=Nr(g,m))_.push(g);return{period:m,starts:_.slice(-Pt),since:p,until:c,short:h}}var wi=n=>Number(n.slice(0,4)),_i=n=>Number(n.slice(5,7));function ki(n,e){return e==="day"?n:e==="month"?`${n.slice(0,7)}-01`:`${n.slice(0,4)}-01-01`}function Nr(n,e){return e==="day"?Te(n):oe(n,e==="month"?1:12)}function Ti(n,e){let t=new Map;for(let{driver:i,driver_id:r,identification:s,imported:o,buckets:l}of n.series){let c=r===null?`i${s??""}`:`d${r}`,p={driver:i,driverId:r,identification:s},h=t.get(c)??{charger:p,total:0,bars:new Map};t.set(c,h),h.total+=Number(o);for(let u of l){let m=ki(u.start,e);h.bars.set(m,(h.bars.get(m)??0)+Number(u.imported))}}return[...t.values()].sort((i,r)=>r.total-i.total)}function Ri(n,{starts:e,period:t}){return Ei(Ti(n,t).map(i=>[i]),e)}function Ai(n,{starts:e,period:t}){let i=Ti(n,t),r=i.slice(0,i.length>Mt?Mt-1:Mt),s=i.slice(r.length);return Ei([...r.map(o=>[o]),...s.length?[s]:[]],e)}function Ei(n,e){let t=e.map(i=>{let r=n.map(s=>Math.max(0,s.reduce((o,{bars:l})=>o+(l.get(i)??0),0)));return{start:i,values:r,total:r.reduce((s,o)=>s+o,0)}});return{series:n.map(i=>({charger:i.length>1?void 0:i[0]?.charger,total:i.reduce((r,{total:s})=>r+s,0)})),bars:t,highest:Math.max(0,...t.map(({total:i})=>i))}}function Pi(n,e,t){let i=r=>r.toFixed(1);return n.map(({time:r,value:s},o)=>o?`H${i(e(r))}V${i(t(s))}`:`M${i(e(r))} ${i(t(s))}`).join("")}function Mi(n,e,t,i){if(n.length<=2*i)return[...n];let r=new Map;for(let s of n){let o=Math.floor((s.time-e)/(t-e)*i);r.set(o,[...r.get(o)??[],s])}return[...r.values()].flatMap(s=>{let o=[...s].sort((c,p)=>c.value-p.value),l=[o[0],o.at(-1)].filter(c=>c!==void 0);return[...new Set(l)].sort((c,p)=>c.time-p.time)})}function Ci(n,e,t){let r=1e3*([60,300,600,1800,3600,7200,14400,21600,43200,86400,172800,604800].find(l=>(e-n)/1e3/l<=t)??604800*4),s=new Date(n).getTimezoneOffset()*6e4,o=[];for(let l=Math.ceil((n-s)/r)*r+s;l<=e;l+=r)o.push(l);return o}var Ke=["begin","end","duration","energy","exported","cost","who","meter","charge_point","tariff","records","verdict"],Ct=new Set(["duration","energy","exported","cost","records"]),zr=new Set(["end","exported","charge_point","records"]),Oi=`${T}.columns`;function Li(){try{let n=JSON.parse(localStorage.getItem(Oi)??"{}"),e=Ke.filter(t=>typeof n[t]=="boolean");return Object.fromEntries(e.map(t=>[t,n[t]]))}catch{return{}}}function Di(n){try{localStorage.setItem(Oi,JSON.stringify(n))}catch{}}function Hi(n,e){let t=i=>i==="meter"?e.severalMeters:i==="cost"?e.prices:!zr.has(i);return Ke.filter(i=>i==="begin"||(n[i]??t(i)))}var Ot=200,Pe=44,Ni=78,Ir=22,Lt=8;function zi(n,e,t){let{text:i,hass:r}=t,s=n.sessions===1?"panel.chart.summary_one":"panel.chart.summary",o=i(s,{energy:z(n.imported,r),sessions:v(n.sessions,r),since:Ae(e.since,r),until:Ae(e.until,r)}),l=Ai(n,e),c=Ri(n,e);return a`<figure>
<figcaption>${o}</figcaption>
${n.sessions?a`${Fr(l,e,o,t)} ${Ur(c,e,t)}
${Wr(l,t)} ${Gr(c,e,t)}`:a`<p class="quiet">${i("panel.chart.none")}</p>`}
</figure>`}function Fr({bars:n,highest:e},{period:t},i,{hass:r,width:s,pointed:o,onPoint:l}){let c=Ge(e),p=Ot-Lt-Ir,h=g=>Lt+p-g/c.top*p,u=(s-Pe)/n.length,m=Math.min(u*.72,48),_=Math.ceil(Ni/u);return a`<div
class="plot"
@pointerleave=${({pointerType:g})=>{g==="mouse"&&l("")}}
>
<svg viewBox="0 0 ${s} ${Ot}" role="img" aria-label=${i}>
${c.ticks.map(g=>L`<line class="grid" x1=${Pe} x2=${s} y1=${h(g)} y2=${h(g)} />
<text class="tick" x=${Pe-8} y=${h(g)+4} text-anchor="end">${O(g,c.decimals,r.locale)}</text>`)}
${n.map(({start:g,values:te},H)=>{let ve=Pe+H*u+(u-m)/2,K=0;return L`<g
class="bar ${g===o?"pointed":""}"
@pointerenter=${()=>{l(g)}}
>
<rect class="hit" x=${Pe+H*u} y=${Lt} width=${u} height=${p} />
${te.map((S,st)=>{if(!S)return d;let ot=h(K);return K+=S,L`<rect class="series-${st}" x=${ve} y=${h(K)} width=${m} height=${Math.max(ot-h(K),.5)} />`})}
${(n.length-1-H)%_?d:L`<text class="tick" x=${Math.min(ve+m/2,s-Ni/3)} y=${Ot-4} text-anchor="middle">${qr(g,t,r)}</text>`}
</g>`})}
</svg>
</div>`}function Ur({bars:n,series:e},{period:t},{text:i,hass:r,pointed:s}){let o=n.find(({start:c})=>c===s);if(!o)return a`<p class="quiet values">${i("panel.chart.hint")}</p>`;let l=o.values.flatMap((c,p)=>c?`${Dt(e[p]?.charger,i)} ${O(c,2,r.locale)}`:[]);return a`<p class="values">
${Ii(o.start,t,r)}: <b>${O(o.total,2,r.locale)} kWh</b>
${l.length?a`<span class="quiet">${l.join(" · ")}</span>`:d}
</p>`}var Br={day:{day:"numeric",month:"short"},month:{month:"short",year:"numeric"},year:{year:"numeric"}},Vr={day:{dateStyle:"full"},month:{month:"long",year:"numeric"},year:{year:"numeric"}};function qr(n,e,t){return Ae(n,t,Br[e])}function Ii(n,e,t){return Ae(n,t,Vr[e])}function Dt(n,e){return n?Ee(n,e):e("panel.chart.others")}function jr(n){if(!n)return;let{driverId:e,identification:t}=n;return e!==null?{driver:String(e)}:t?{search:t}:void 0}function Wr({series:n},{text:e,hass:t,filters:i,onFilter:r}){return a`<ul class="legend">
${n.map(({charger:s,total:o},l)=>{let c=a`<i class="series-${l}"></i>
<span>${Dt(s,e)}</span>
<b>${O(o,1,t.locale)} kWh</b>`,p=jr(s),h=p?.driver===i.driver||!!p?.search&&p.search===i.search;return a`<li>
${p?a`<button
type="button"
aria-pressed=${String(h)}
@click=${()=>{r(h?{driver:"",search:""}:p)}}
>
${c}
</button>`:a`<span class="item">${c}</span>`}
</li>`})}
</ul>`}function Gr({bars:n,series:e},{period:t},{text:i,hass:r}){let s=o=>o?O(o,2,r.locale):k;return a`<details class="numbers">
<summary>${i("panel.chart.table")}</summary>
<div class="scroll" tabindex="0" role="group" aria-label=${i("panel.chart.table")}>
<table>
<caption class="visually-hidden">
${i("panel.chart.caption")}
</caption>
<thead>
<tr>
<th scope="col">${i(`panel.chart.${t}`)}</th>
${e.map(({charger:o})=>a`<th scope="col" class="number">${Dt(o,i)}</th>`)}
<th scope="col" class="number">${i("panel.chart.total")}</th>
</tr>
</thead>
<tbody>
${n.filter(({total:o})=>o).reverse().map(({start:o,values:l,total:c})=>a`<tr>
<th scope="row">${Ii(o,t,r)}</th>
${l.map(p=>a`<td class="number">${s(p)}</td>`)}
<td class="number">${s(c)}</td>
</tr>`)}
</tbody>
</table>
</div>
</details>`}var Kr={previous:"mdi:chevron-left",next:"mdi:chevron-right"};function Ui(n,e){let{text:t,hass:i,columns:r,onAll:s}=e,{sessions:o,total:l,offset:c,limit:p}=n;if(!o.length)return a`<div class="empty">
<ha-icon icon="mdi:magnify-close"></ha-icon>
<p>${t("panel.list.none")}</p>
${s?a`<button type="button" @click=${s}>${t("panel.list.show_all")}</button>`:d}
</div>`;let h=Math.floor(c/p)+1,u=t("panel.list.range",{first:v(c+1,i),last:v(c+o.length,i),total:v(l,i)});return a`<table class="sessions" role="table" aria-labelledby="sessions">
<thead role="rowgroup">
<tr role="row">
${r.map(m=>a`<th role="columnheader" scope="col" class=${Ct.has(m)?"number":""}>
${t(`panel.list.${m}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${o.map(m=>Zr(m,e))}
</tbody>
</table>
<nav class="paging" aria-label=${t("panel.list.pages")}>
<span aria-live="polite">${u}</span>
${Fi(h-1,h>1,"previous",e)}
${Fi(h+1,c+p<l,"next",e)}
</nav>`}function Fi(n,e,t,{text:i,onPage:r}){let s=i(`panel.list.${t}`);return a`<button
type="button"
class="icon"
aria-label=${s}
title=${s}
?disabled=${!e}
@click=${()=>{r(n)}}
>
<ha-icon icon=${Kr[t]}></ha-icon>
</button>`}function Zr(n,e){let{text:t,columns:i}=e;return a`<tr role="row">
${i.map(r=>a`<td
role="cell"
class="${Ct.has(r)?"number ":""}${r}"
data-label=${t(`panel.list.${r}`)}
>
${Yr(r,n,e)}
</td>`)}
</tr>`}function Yr(n,e,{text:t,hass:i,hrefOf:r}){let s=e.outcome==="open";switch(n){case"begin":return a`<a href=${r(e)}
>${e.begin?x(e.begin,i):t("panel.list.no_time")}</a
>`;case"end":return e.end===null?k:x(e.end,i);case"duration":return s?a`<span class="open">${t("panel.outcome.open")}</span>`:e.duration===null?k:ce(e.duration);case"energy":return s?k:z(e.imported,i);case"exported":return s?k:z(e.exported,i);case"cost":return Jr(e.cost,t,i);case"who":return de(e,e.identification_type,t);case"meter":return e.meter??t("panel.gone");case"charge_point":return e.charge_point??k;case"tariff":return e.tariff_text??k;case"records":return v(e.records,i);case"verdict":return Ue(e.verdict,t)}}function Jr({amount:n,reason:e,rates:t},i,r){if(n!==null)return V(n,t?.currency??"",r);let s=e===null?"":f(i,"not_billed",e);return a`<span title=${s}>${k}<span class="visually-hidden">${s}</span></span>`}function Bi(n,e,t){return a`<details class="columns">
<summary>${e("panel.list.columns")}</summary>
<fieldset>
<legend class="visually-hidden">${e("panel.list.columns")}</legend>
${Ke.slice(1).map(i=>a`<label>
<input
type="checkbox"
name=${i}
.checked=${n.includes(i)}
@change=${r=>{t(i,r.target.checked)}}
/>
${e(`panel.list.${i}`)}
</label>`)}
</fieldset>
</details>`}var Ze=b`:host{--dmed4-series-0: #3b82c4;--dmed4-series-1: #d9730d;--dmed4-series-2: #12938a;--dmed4-series-3: #a05cc8;--dmed4-series-4: #808080}figcaption{color:${w}}.plot{margin-top:8px;overflow:hidden;touch-action:pan-y}.values{min-height:1.5em;margin-top:4px}.pointer{stroke:${w}}svg{display:block;width:100%;height:auto;overflow:visible}.grid{stroke:var(--divider-color, rgb(0 0 0 / 12%))}.tick{fill:${w};font-size:12px;font-variant-numeric:tabular-nums}`;var Ht=25,Xr=350,Ye=class extends E{static properties={...E.properties,m:{state:!0},g:{state:!0}};static styles=[R,M,W,Ze,qe];#e=new $(this);#t=new $(this);#i=new $(this);#n=new $(this);#a="";#p;#d;constructor(){super(),this.m="",this.g=Li()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#d)}willUpdate(e){let t=JSON.stringify([this.place,this.#o]);t===this.#a&&!e.has("revision")||(this.#a=t,this.#s())}get#o(){let{meter:e}=this.place.filters;if(e)return[e];let{meters:t}=this.info;return t.every(({archive:i})=>i===t[0]?.archive)?[]:t.flatMap(({archive:i,device_id:r})=>i?[]:r??[])}get#r(){return ee(this.hass.config.time_zone)}get#l(){let{filters:e,period:t}=this.place,i=this.#r;return Si(ae(e,i),t,i,this.#t.value)}get#h(){return(this.#t.value??ae(this.place.filters,this.#r).since)&&this.#l.period==="day"?"day":"month"}updated(){super.updated();let{value:e,busy:t}=this.#e,i=Math.ceil((e?.total??0)/Ht);!t&&e?.sessions.length===0&&i&&i<this.place.page&&this.go({page:i},!0);let{value:r,busy:s,error:o}=this.#t;r&&!s&&!o&&this.#p!==this.#h&&this.#u()}#s=()=>{let{filters:e,page:t}=this.place,i=this.#o;this.#e.load(this.hass,"sessions/list",{...le(e,i,this.#r),offset:(t-1)*Ht,limit:Ht}),this.#u();let r=i.length?{device_id:i}:{};this.#i.load(this.hass,"drivers/list",r),this.#n.load(this.hass,"prices/list",r)};#u=()=>{let e=le(this.place.filters,this.#o,this.#r);this.#p=this.#h,this.#t.load(this.hass,"sessions/energy",{...e,period:this.#p})};#c=(e,t=!1)=>{this.go({filters:{...this.place.filters,...e},page:1},t)};#m=e=>{clearTimeout(this.#d),this.#d=setTimeout(()=>{this.#c({search:e},!0)},Xr)};#f(e){let t=this.#o,{meters:i}=this.info,{entry_id:r}=i.find(({device_id:l})=>l===t[0])??i[0]??{},s=new URLSearchParams;for(let[l,c]of Object.entries(le(this.place.filters,t,this.#r)))for(let p of[c].flat())s.append(l,String(p));let o=String(s)&&`?${s}`;this.save(`/api/${T}/${r??""}/sessions.${e}${o}`)}render(){let{texts:e,info:t}=this,r=this.#e.value?.total===0&&!Ie(this.place.filters);return a`
<h2 class="visually-hidden">${e("panel.tab.sessions")}</h2>
${t.meters.filter(({available:s})=>!s).map(({name:s,waiting:o})=>y("warning","mdi:database-off-outline",e("panel.unavailable",{name:s,count:v(o,this.hass)})))}
${r?this.#g():a`${this.#v()} ${this.#y()} ${this.#x()}`}
`}#g(){let{texts:e}=this;return a`<section class="empty card">
<ha-icon icon="mdi:ev-station"></ha-icon>
<h3>${e("panel.empty.title")}</h3>
<p>${e("panel.empty.hint")}</p>
</section>`}#v(){return Ve({filters:this.place.filters,meters:this.info.meters.filter(({device_id:e})=>e),drivers:this.#i.value?.drivers??[],today:this.#r,text:this.texts,onFilter:this.#c,onSearch:this.#m})}#y(){let{texts:e}=this,t=this.#l,i=this.#t.value;return a`<section class="card" aria-labelledby="energy">
<header>
<h3 id="energy">${e("panel.chart.title")}</h3>
${t.short?a`<div class="switch" role="group" aria-label=${e("panel.chart.by")}>
${["day","month"].map(r=>this.#b(r,t))}
</div>`:d}
</header>
${C(this.#t,e,this.#u)}
${i?.period===this.#h?this.#$(i,t):P(e)}
</section>`}#$(e,t){return zi(e,t,{text:this.texts,hass:this.hass,width:this.v,filters:this.place.filters,onFilter:this.#c,pointed:this.m,onPoint:i=>{this.m=i}})}#b(e,t){return a`<button
type="button"
aria-pressed=${String(t.period===e)}
@click=${()=>{this.go({period:e},!0)}}
>
${this.texts(`panel.chart.${e}`)}
</button>`}#x(){let{texts:e}=this,{value:t,busy:i}=this.#e;return a`<section class="card list" aria-labelledby="sessions" aria-busy=${String(i)}>
<header>
<h3 id="sessions">${e("panel.list.title")}</h3>
${t?.total?a`<div class="downloads">
${["xlsx","csv","zip"].map(r=>a`<button
type="button"
title=${e(`panel.download.all_${r}`)}
@click=${()=>{this.#f(r)}}
>
<ha-icon icon="mdi:download"></ha-icon>${r.toUpperCase()}
</button>`)}
</div>`:d}
</header>
${this.e?y("danger","mdi:alert-circle-outline",this.e):d}
${C(this.#e,e,this.#s)}
${t?this.#w(t):this.#e.error?d:P(e)}
</section>`}#w(e){let t=Hi(this.g,{severalMeters:this.info.meters.length>1,prices:!!this.#n.value?.prices.length});return a`${Bi(t,this.texts,this.#_)}
${Ui(e,{text:this.texts,hass:this.hass,columns:t,hrefOf:i=>this.#S(i),onPage:i=>{this.go({page:i})},onAll:this.place.filters.range==="all"?void 0:()=>{this.#c({range:"all",since:"",until:""})}})}`}#_=(e,t)=>{this.g={...this.g,[e]:t},Di(this.g)};#S(e){let t=e.device_id??this.place.filters.meter;return this.href({view:"session",session:e.session_id,filters:{...A,meter:t||(this.#o[0]??"")}})}};var Qr=/^(sensor|input_number|number)\./,Nt=["minute","session","exported"],Je=class extends D{static properties={...D.properties,c:{state:!0},i:{state:!0},y:{state:!0},b:{state:!0}};static styles=[R,ne,M,me];#e=new $(this);#t=new $(this);willUpdate(e){(e.has("revision")||e.has("place"))&&this.#i()}#i=async()=>{await Promise.all([this.#e.load(this.hass,"prices/list",this.archive),this.#t.load(this.hass,"drivers/list",this.archive)])};#n=()=>{this.c=void 0,this.i=void 0,this.y=!1};async#a(e,t){await this.write(`prices/${e}`,t)!==void 0&&(this.closeDialog(),await this.#i(),await this.keepFocus(e))}#p=e=>{e.preventDefault();let t=j(e.target),i=t("driver_id"),r=["until","energy",...Nt,"vat","time_from","time_until","price_entity"],s=t("device_id");this.#a("save",{since:t("since"),...this.c?{price_id:this.c.price_id}:{},...At(Object.fromEntries(r.map(o=>[o,t(o)]))),...i?{driver_id:Number(i)}:{},device_id:s===""?void 0:s})};#d=e=>{e.preventDefault(),this.#a("delete",{price_id:this.i?.price_id})};#o=async e=>{e.preventDefault();let t=j(e.target),i=At({since:t("since"),until:t("until")}),r=await this.write("prices/apply",i);r&&(this.b=r.changed,this.closeDialog())};render(){let{texts:e}=this,{value:t,error:i}=this.#e,r=this.c!==void 0||!!this.i||this.y;return a`
${this.ledgerTabs()} ${C(this.#e,e,()=>{this.#i()})}
${r?d:this.problem()}
${this.b===void 0?d:y("success","mdi:check-circle-outline",e("panel.prices.applied",{count:this.b}))}
${t?this.#r(t):i?d:P(e)}
${t&&this.c!==void 0?this.#u(this.c,t):d}
${this.i?this.#y():d}
${this.y?this.#$():d}
`}#r({prices:e}){let{texts:t}=this;return a`<section class="card" aria-labelledby="prices">
<header>
<h2 id="prices">${t("panel.ledger.prices")}</h2>
<div class="downloads">
${e.length?a`<button
type="button"
@click=${()=>{this.y=!0}}
>
${t("panel.prices.apply")}
</button>`:d}
<button
type="button"
class="start"
@click=${()=>{this.c=null}}
>
<ha-icon icon="mdi:plus"></ha-icon>${t("panel.prices.add")}
</button>
</div>
</header>
<p class="quiet">${t("panel.prices.hint")}</p>
<ul class="keys">
${e.map(i=>this.#l(i))}
</ul>
</section>`}#l(e){let t=this.#h(e);return a`<li>
<div>
<p>${t}</p>
<p class="quiet">${this.#s(e)}</p>
</div>
${e.meter!==null&&e.device_id===null?d:this.rowButton("edit",t,()=>{this.c=e})}
${this.rowButton("delete",t,()=>{this.i=e})}
</li>`}#h({rates:e,price_entity:t}){let{texts:i,hass:r}=this,s=r.states[t??""]?.attributes.friendly_name,o=l=>e[l]===null?"":i(`panel.prices.of_${l}`,{amount:V(e[l],e.currency,r)});return[t?i("panel.prices.of_entity",{entity:typeof s=="string"?s:t}):"",o("energy"),...Nt.map(o),e.vat===null?"":i("panel.prices.of_vat",{rate:e.vat})].filter(Boolean).join(", ")}#s({since:e,until:t,device_id:i,meter:r,driver:s,time_from:o,time_until:l}){let{texts:c,hass:p}=this;return[t===null?c("panel.prices.since",{since:x(e,p)}):c("panel.prices.between",{since:x(e,p),until:x(t,p)}),i===null&&r===null?c("panel.filter.all_meters"):r,s??"",o&&l?c("panel.prices.daily",{from:o,until:l}):""].filter(Boolean).join(" · ")}#u(e,{currency:t,time_zone:i}){let{texts:r}=this,s=e?.rates,o=s?.currency??t,l=e?Vi(e.since,i):`${ee(i)}T00:00`,c=e?.until?Vi(e.until,i):"";return a`<dialog aria-labelledby="form" @close=${this.#n}>
<form @submit=${this.#p}>
<h2 id="form">${r(e?"panel.edit":"panel.prices.add")}</h2>
<div class="pair">
${this.#c("since",l,!0)} ${this.#c("until",c,!1)}
</div>
<div class="pair">
${this.#m("energy",s?.energy,o)}
${Nt.map(p=>this.#m(p,s?.[p],o))}
<label
><span>${r("panel.prices.vat")}</span>
<input
name="vat"
type="number"
min="0"
max="100"
step="any"
inputmode="decimal"
.value=${s?.vat??""}
/>
</label>
</div>
<p class="quiet">${r("panel.prices.rates_hint")}</p>
${this.#f(e?.price_entity??"")}
<div class="pair">${this.#g(e)} ${this.#v(e)}</div>
<div class="pair">
${["time_from","time_until"].map(p=>a`<label
><span>${r(`panel.prices.${p}`)}</span>
<input
name=${p}
type="time"
.value=${e?.[p]??""}
@change=${en}
/>
</label>`)}
</div>
${this.dialogButtons(r("panel.save"))}
</form>
</dialog>`}#c(e,t,i,r=this.texts(`panel.prices.${e}_label`)){return a`<label
><span>${r}</span>
<input name=${e} type="datetime-local" ?required=${i} .value=${t} />
</label>`}#m(e,t,i){return a`<label
><span>${this.texts(`panel.prices.${e}`)} (${i})</span>
<input
name=${e}
type="number"
step="any"
min="-1000000"
max="1000000"
inputmode="decimal"
.value=${t??""}
/>
</label>`}#f(e){let{texts:t,hass:i}=this,r=Object.values(i.states).filter(({entity_id:s,state:o})=>Qr.test(s)&&Number.isFinite(Number.parseFloat(o)));return a`<label
><span>${t("panel.prices.entity")}</span>
<input
name="price_entity"
list="priced"
autocomplete="off"
.value=${e}
pattern="(sensor|input_number|number)\\..+"
/>
<datalist id="priced">
${r.map(({entity_id:s,attributes:o})=>a`<option value=${s}>${o.friendly_name??""}</option>`)}
</datalist>
<small>${t("panel.prices.entity_hint")}</small>
</label>`}#g(e){let{texts:t}=this;return a`<label
><span>${t("panel.filter.meter")}</span>
<select name="device_id">
<option value="">${t("panel.filter.all_meters")}</option>
${this.info.meters.map(({device_id:i,name:r})=>i===null?d:a`<option value=${i} ?selected=${i===e?.device_id}>
${r}
</option>`)}
</select>
</label>`}#v(e){let{texts:t}=this;return a`<label
><span>${t("panel.filter.driver")}</span>
<select name="driver_id">
<option value="">${t("panel.filter.all_drivers")}</option>
${this.#t.value?.drivers.map(({driver_id:i,name:r})=>a`<option value=${i} ?selected=${i===e?.driver_id}>
${r}
</option>`)}
</select>
</label>`}#y(){let{texts:e}=this;return a`<dialog aria-labelledby="form" @close=${this.#n}>
<form @submit=${this.#d}>
<h2 id="form">${e("panel.prices.delete_title")}</h2>
<p>${e("panel.prices.delete_hint")}</p>
${this.dialogButtons(e("panel.delete"),"end")}
</form>
</dialog>`}#$(){let{texts:e}=this;return a`<dialog aria-labelledby="form" @close=${this.#n}>
<form @submit=${this.#o}>
<h2 id="form">${e("panel.prices.apply")}</h2>
<p>${e("panel.prices.apply_hint")}</p>
<div class="pair">
${this.#c("since","",!0,e("panel.filter.since"))}
${this.#c("until","",!1,e("panel.filter.until"))}
</div>
${this.dialogButtons(e("panel.prices.apply"))}
</form>
</dialog>`}};function en(n){let{form:e}=n.target,t=["time_from","time_until"].map(r=>e?.elements.namedItem(r)),i=t.some(({value:r})=>r);for(let r of t)r.required=i}function Vi(n,e){return new Intl.DateTimeFormat("sv-SE",{timeZone:e,dateStyle:"short",timeStyle:"short"}).format(new Date(n)).replace(" ","T")}var ji=Symbol.for(""),tn=n=>{if(n?.r===ji)return n?._$litStatic$};var G=(n,...e)=>({_$litStatic$:e.reduce((t,i,r)=>t+(s=>{if(s._$litStatic$!==void 0)return s._$litStatic$;throw Error(`Value passed to 'literal' function must be a 'literal' result: ${s}. Use 'unsafeStatic' to pass non-literal values, but
            take care to ensure page security.`)})(i)+n[r+1],n[0]),r:ji}),qi=new Map,zt=n=>(e,...t)=>{let i=t.length,r,s,o=[],l=[],c,p=0,h=!1;for(;p<i;){for(c=e[p];p<i&&(s=t[p],(r=tn(s))!==void 0);)c+=r+e[++p],h=!0;p!==i&&l.push(s),o.push(c),p++}if(p===i&&o.push(e[i]),h){let u=o.join("$$lit$$");(e=qi.get(u))===void 0&&(o.raw=o,qi.set(u,e=o)),t=l}return n(e,...t)},Wi=zt(a),da=zt(L),pa=zt(ai);function Gi(n,e,t){return!n||n==="0.1.0"?d:t(a`<p>${e("panel.outdated")}</p>
<button
type="button"
@click=${()=>{window.location.reload()}}
>
${e("panel.reload")}
</button>`)}var Ki=b`:host{display:flex;flex-direction:column;height:100dvh;background:var(--primary-background-color, #fafafa)}.bar{display:flex;flex:none;align-items:center;height:var(--header-height, 56px);padding:var(--safe-area-inset-top, 0) calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));background:var(--app-header-background-color, #009ac7);color:var(--app-header-text-color, #fff)}h1{margin:0 0 0 8px;overflow:hidden;font-size:var(--ha-font-size-xl, 20px);font-weight:400;text-overflow:ellipsis;white-space:nowrap}.tabs{display:flex;flex:none;gap:4px;padding:0 calc(12px + var(--safe-area-inset-right, 0px)) 0 calc(12px + var(--safe-area-inset-left, 0px));overflow-x:auto;border-bottom:1px solid var(--divider-color, rgb(0 0 0 / 12%));background:var(--card-background-color, #fff)}.tabs a{display:inline-flex;flex:none;align-items:center;gap:8px;min-height:48px;padding:0 12px;border-bottom:3px solid transparent;color:${w};font-weight:var(--ha-font-weight-medium, 500);text-decoration:none}.tabs a:hover,.tabs a[aria-current]{color:var(--primary-text-color, #141414)}.tabs a[aria-current]{border-bottom-color:var(--primary-color, #009ac7)}.tabs a:focus-visible{outline-offset:-4px}.tabs ha-icon{--mdc-icon-size: 20px}main{flex:1;overflow-y:auto;container-type:inline-size}.content{box-sizing:border-box;max-width:1120px;margin:0 auto;padding:16px calc(16px + var(--safe-area-inset-right, 0px)) calc(32px + var(--safe-area-inset-bottom, 0px)) calc(16px + var(--safe-area-inset-left, 0px))}`;var rn=new Set(["record","last_session_end","last_session_verdict","records_archived","records_failed","records_missing","logbook_progress","charging"]),nn=5e3,sn=[["sessions","mdi:format-list-bulleted"],["billing","mdi:cash-multiple"],["verify","mdi:shield-search"],["archive","mdi:database-outline"]],on={sessions:G`dmed4-overview-page`,session:G`dmed4-session-page`,billing:G`dmed4-billing-page`,drivers:G`dmed4-drivers-page`,prices:G`dmed4-prices-page`,verify:G`dmed4-verify-page`,archive:G`dmed4-archive-page`},an={session:"sessions",drivers:"billing",prices:"billing"},Xe=class extends N{static properties={hass:{attribute:!1},narrow:{type:Boolean,reflect:!0},route:{attribute:!1},z:{state:!0},a:{state:!0},f:{state:!0}};static styles=[R,M,Ki];#e=new $(this);#t="";#i="";#n=!1;#a;#p=0;#d;#o;constructor(){super(),this.narrow=!1,this.a=Q,this.f=0}get#r(){return this.route?.prefix??""}connectedCallback(){super.connectedCallback(),window.addEventListener("location-changed",this.#l),window.addEventListener("popstate",this.#l),this.#d=setInterval(()=>{this.a.view==="archive"&&document.visibilityState==="visible"&&this.#u()},nn),this.#l()}disconnectedCallback(){super.disconnectedCallback(),window.removeEventListener("location-changed",this.#l),window.removeEventListener("popstate",this.#l),clearInterval(this.#d),this.#o?.removeEventListener("ready",this.#h),this.#o=void 0}#l=()=>{let{pathname:e,search:t}=window.location;if(!this.route||!e.startsWith(this.#r))return;let i=_t(e.slice(this.#r.length),t),{view:r,session:s}=this.a;this.#n&&(i.view!==r||i.session!==s)&&(this.#p+=1),this.#n=!0,this.a=i};#h=()=>{this.f+=1};willUpdate(e){let{hass:t}=this;if(!t)return;let i=e.get("hass");t.language!==this.#t&&(this.#t=t.language,ui(t)),i?.localize!==t.localize&&(this.z=bt(t)),e.has("route")&&this.#l(),t.connection!==this.#o&&(this.#o?.removeEventListener("ready",this.#h),this.#o=t.connection,t.connection.addEventListener("ready",this.#h)),i?.states!==t.states&&this.#s(t),(e.has("f")||e.has("hass")&&!i)&&this.#u()}updated(){let e=this.renderRoot.querySelector("[aria-current]");this.#a!==this.a.view&&e?.scrollIntoView({block:"nearest",inline:"nearest"}),e&&(this.#a=this.a.view)}#s(e){let t=Object.values(e.entities).filter(({platform:i,translation_key:r})=>i===T&&rn.has(r??"")).map(({entity_id:i})=>e.states[i]?.state).join();t!==this.#i&&(this.#i&&(this.f+=1),this.#i=t)}#u=()=>{this.hass&&this.#e.load(this.hass,"archive/info")};#c=()=>{this.f+=1};#m=e=>{if(e.defaultPrevented||e.button||e.ctrlKey||e.metaKey||e.shiftKey)return;let t=e.composedPath().find(o=>o instanceof HTMLAnchorElement);if(!t||t.target)return;let{origin:i,pathname:r,search:s}=new URL(t.href);i!==window.location.origin||!ln(r,this.#r)||(e.preventDefault(),St(this.#r,_t(r.slice(this.#r.length),s)),this.renderRoot.querySelector("main")?.scrollTo(0,0))};render(){let{hass:e,z:t}=this;return!e||!t?a`<div class="bar"></div>`:a`
<div class="bar">
<ha-menu-button .hass=${e} .narrow=${this.narrow}></ha-menu-button>
<h1>${t("panel.title")}</h1>
</div>
<nav class="tabs" aria-label=${t("panel.title")} @click=${this.#m}>
${sn.map(([i,r])=>this.#f(i,r,t))}
</nav>
<main @click=${this.#m}>
<div class="content">${this.#g(e,t)}</div>
</main>
`}#f(e,t,i){let r=an[this.a.view]??this.a.view,s=ke({...Q,view:e});return a`<a href="${this.#r}${s}" aria-current=${r===e?"page":d}>
<ha-icon icon=${t}></ha-icon>
<span>${i(`panel.tab.${e}`)}</span>
</a>`}#g(e,t){let i=this.#e.value;return a`
${Gi(i?.version,t,r=>y("neutral","mdi:update",r))}
${C(this.#e,t,this.#c)}
${i?this.#v(e,t,i):this.#e.error?d:P(t)}
`}#v(e,t,i){if(!i.meters.length)return a`<section class="empty card">
<ha-icon icon="mdi:lan-disconnect"></ha-icon>
<h2>${t("panel.no_meter.title")}</h2>
<p>${t("panel.no_meter.hint")}</p>
<button type="button" @click=${this.#c}>${t("panel.retry")}</button>
</section>`;let{a:r,f:s}=this,o=this.#r,l=this.#p,c=on[r.view];return Wi`<${c}
.hass=${e}
.texts=${t}
.info=${i}
.place=${r}
.base=${o}
.moves=${l}
.revision=${s}
></${c}>`}};function ln(n,e){return n===e||n.startsWith(`${e}/`)}async function Zi(n,e,t,i){try{let s=(await n.callWS({type:"history/history_during_period",start_time:new Date(t*1e3).toISOString(),...i?{end_time:new Date(i*1e3).toISOString()}:{},entity_ids:[e],minimal_response:!0,no_attributes:!0,significant_changes_only:!1}))[e]??[];return s.flatMap(({s:o,lu:l},c)=>{let p=Ne(n.states[e],o);return p===null?[]:{from:l,to:s[c+1]?.lu??null,value:p}})}catch{return[]}}var cn=3e5,dn=36e5;async function Ji(n,e,t,i){let r=await Zi(n,e,t/1e3,i/1e3);if(r.length){let s=r.map(({from:o,value:l})=>({time:Math.max(o*1e3,t),value:l}));return Yi(s,i)}for(let[s,o]of[["5minute",cn],["hour",dn]]){let c=(await pn(n,e,t,i,s)).flatMap(({start:p,mean:h})=>{let u=h===null?null:Ne(n.states[e],String(h));return u===null?[]:{time:Math.max(p,t),value:u}});if(c.length)return Yi(c,Math.min(i,(c.at(-1)?.time??i)+o))}return[]}function Yi(n,e){let t=n.at(-1);return t&&t.time<e?[...n,{...t,time:e}]:[...n]}async function pn(n,e,t,i,r){try{return(await n.callWS({type:"recorder/statistics_during_period",start_time:new Date(t).toISOString(),end_time:new Date(i).toISOString(),statistic_ids:[e],period:r,types:["mean"]}))[e]??[]}catch{return[]}}var It=180,Me=44,hn=8,un=22,Ft=8;function Qi(n,e,{text:t,hass:i,width:r,pointed:s,onPoint:o}){let l=n.at(-1)?.time??e,c=n.map(({value:S})=>S),p=Math.max(...c),h=Ge(p,Math.min(...c),3),u=It-Ft-un,m=r-Me-hn,_=S=>Me+(S-e)/(l-e||1)*m,g=S=>Ft+(h.top-S)/(h.top-h.bottom)*u,te=Pi(Mi(n,e,l,r/2),_,g),H=mn(n,s),ve=S=>{let{left:st}=S.currentTarget.getBoundingClientRect(),ot=(S.clientX-st-Me)/m;o(e+Math.min(1,Math.max(0,ot))*(l-e))},K=t("panel.session.power_summary",{highest:O(p,1,i.locale),duration:ce((l-e)/1e3)});return a`<figure>
<figcaption>${K}</figcaption>
<div
class="plot"
@pointerdown=${ve}
@pointermove=${ve}
@pointerleave=${({pointerType:S})=>{S==="mouse"&&o(void 0)}}
>
<svg viewBox="0 0 ${r} ${It}" role="img" aria-label=${K}>
${h.ticks.map(S=>L`<line class="grid" x1=${Me} x2=${r} y1=${g(S)} y2=${g(S)} />
<text class="tick" x=${Me-8} y=${g(S)+4} text-anchor="end">${O(S,h.decimals,i.locale)}</text>`)}
${Ci(e,l,Math.floor(r/90)).map(S=>L`<text class="tick" x=${_(S)} y=${It-4} text-anchor="middle">${Xi(S,i)}</text>`)}
<path class="area" d="${te}V${g(0)}H${_(n[0]?.time??e)}Z" />
<path class="line" d=${te} />
${H&&L`<path class="pointer" d="M${_(H.time)} ${Ft}v${u}" />`}
</svg>
</div>
<p class=${H?"values":"quiet values"}>
${H?a`${Xi(H.time,i)}:
<b>${O(H.value,2,i.locale)} kW</b>`:t("panel.session.point")}
</p>
</figure>`}function Xi(n,e){return Re(new Date(n),e,new Date(n))}function mn(n,e){if(e===void 0)return;let t=n.findLast(i=>i.time<=e)?.value;return t===void 0?void 0:{time:e,value:t}}function fe(n,e,t){return a`<li>
${n}
<div>
<h4>${e}</h4>
${t}
</div>
</li>`}var fn={valid:"valid",invalid:"invalid"},er={own:void 0,former:void 0,given:"note"};function Ut(n){return a`<ha-icon class="tone ${n[0]}" icon=${n[1]}></ha-icon>`}var gn=["success","mdi:check-circle-outline"];function ge(n){return n?pe(n):Ut(gn)}function Bt({quality:n,billable:e,reason:t,informative:i},r){return fe(ge(e?void 0:"note"),r("panel.part.clock"),a`<p>${t?f(r,"time_reason",t):f(r,"clock",n)}</p>
${i?a`<p class="quiet">${r("transparency_time.informative")}</p>`:d}`)}function Vt({accepted:n,refusal:e},t,i){return fe(ge(n&&t?void 0:"note"),i("panel.part.transparency"),a`<p>${f(i,"refusal",e??"accepted")}</p>`)}function Qe(n,e){let{signature:t,key:i,deviations:r}=n;if(!n.legible)return vn(n,e);let s=n.verdict==="valid",o=r.filter(({severity:l})=>l!=="note");return a`<ul class="parts">
${fe(t.verdict==="valid"&&!s?pe("note"):Ut(q(fn[t.verdict]??"unverifiable")),e("panel.part.signature"),a`<p>${f(e,"signature",t.verdict)}</p>
<p class="quiet">
${f(e,"signature_reason",t.reason)}
${t.algorithm?a`<code>${t.algorithm}</code>`:d}
</p>`)}
${fe(ge(t.verdict==="valid"?i.verdict in er?er[i.verdict]:"warning":"note"),e("panel.part.key"),a`<p>${f(e,"key",i.verdict)}</p>
${i.fingerprint?a`<p class="quiet">
${e("panel.part.fingerprint")} ${he(i.fingerprint)}
</p>`:d}`)}
${Bt(n.clock,e)}
${fe(ge(o.length?"warning":s?void 0:"note"),e("panel.part.format"),r.length?a`<ul class="deviations">
${r.map(({code:l,path:c,severity:p})=>a`<li>
${pe(p)}
<span>${f(e,"deviation",l)} <code>${c}</code></span>
</li>`)}
</ul>`:a`<p>${e("panel.part.conforms")}</p>`)}
${Vt(n.transparency,s,e)}
</ul>`}function vn({signature:n},e){return a`<ul class="parts">
${fe(Ut(q("unverifiable")),e("panel.part.signature"),a`<p>${f(e,"signature",n.verdict)}</p>
<p class="quiet">${f(e,"signature_reason",n.reason)}</p>`)}
</ul>`}function et(n,e,t){let i={B:e("panel.kind.begin"),E:e("panel.kind.end"),r:e("panel.kind.end"),L:e("panel.kind.end"),R:e("panel.kind.end"),A:e("panel.kind.end"),C:e("panel.kind.intermediate"),S:e("panel.kind.intermediate"),T:e("panel.kind.intermediate"),X:e("panel.kind.intermediate"),P:e("panel.kind.power_failure")};return n.readings.length?a`<table class="readings" role="table">
<caption class="visually-hidden">
${e("panel.readings.title")}
</caption>
<thead role="rowgroup">
<tr role="row">
${yn.map(r=>a`<th role="columnheader" scope="col" class=${r==="value"?"number":""}>
${e(`panel.readings.${r}`)}
</th>`)}
</tr>
</thead>
<tbody role="rowgroup">
${n.readings.map(r=>a`<tr role="row">
<td role="cell" class="time">${x(r.time,t)}</td>
<td role="cell" class="transaction">
${r.transaction?i[r.transaction]??r.transaction:k}
</td>
<td role="cell" class="register">
${r.name?f(e,"register",r.name):d}
<small><code>${r.register??k}</code></small>
</td>
<td role="cell" class="number value">
${r.value===null?k:B(r.value,t)}
${r.unit??""}
</td>
<td role="cell" class="status">
${$n(r.status,e)}
${r.error_flags?a`<code>${r.error_flags}</code>`:d}
</td>
</tr>`)}
</tbody>
</table>`:a`<p class="quiet">${e("panel.readings.none")}</p>`}var yn=["time","transaction","register","value","status"];function $n(n,e){return n===null?k:(/^[A-Z]$/.test(n)?e(`reading_status.${n.toLowerCase()}`):"")||e("panel.readings.unknown_status",{status:n})}function tt(n,e,t,i){let{meter:r,identification:s}=n;return ue([[e("panel.fact.pagination"),n.pagination],[e("panel.fact.identification"),s.data===null?null:de({driver:i,identification:s.data},s.type,e)],[e("panel.fact.level"),qt(s.level,e)],[e("panel.fact.flags"),s.flags.join(", ")],[e("panel.fact.tariff"),n.tariff_text],[e("panel.fact.charge_point"),n.charge_point],[e("panel.fact.made_by"),[r.vendor,r.model].filter(Boolean).join(" ")],[e("panel.fact.serial_number"),r.serial_number??r.gateway_serial_number],[e("panel.fact.firmware"),r.firmware],[e("panel.fact.format_version"),n.format_version],[e("panel.fact.source"),n.source?f(e,"source",n.source):null],[e("panel.fact.arrived"),n.arrived?x(n.arrived,t):null],[e("panel.fact.verified"),n.verified?x(n.verified,t):null],[e("panel.fact.digest"),a`<code class="long">${n.digest}</code>`]])}function qt(n,e){return n===null?null:f(e,"identification_level",n)}function it(n,e){return a`<details class="raw">
<summary>${e("panel.raw")}</summary>
<pre tabindex="0" aria-label=${e("panel.raw")}>${n.raw}</pre>
${n.key.public_key?a`<h4>${e("panel.public_key")}</h4>
<pre tabindex="0" aria-label=${e("panel.public_key")}>${n.key.public_key}</pre>`:d}
</details>`}var tr=b`.back{display:inline-flex;align-items:center;gap:8px;min-height:44px;text-decoration:none}.back:hover{text-decoration:underline}button.link{padding:0;background:none;text-decoration:underline;text-underline-offset:2px;font-weight:400}button.link:hover:not([disabled]){background:none}.records>h3{margin:24px 0 8px}.record{padding:4px 16px}.record[open]{padding-bottom:16px}.record>summary{flex-wrap:wrap}.record .name{font-weight:var(--ha-font-weight-medium, 500)}.record .chip{margin-inline-start:auto}.record>summary:after{margin-inline:0 4px}.line{fill:none;stroke:var(--dmed4-series-0);stroke-linejoin:round;stroke-width:2}.area{fill:var(--dmed4-series-0);opacity:.15}`;var rt=class extends E{static properties={...E.properties,x:{state:!0},m:{state:!0}};static styles=[R,M,W,Ze,tr];#e=new $(this);#t=0;#i="";willUpdate(e){let{session:t}=this.place;t===this.#t&&!e.has("revision")||(t!==this.#t&&(this.#e.clear(),this.x=void 0,this.#i=""),this.#t=t,this.#n())}updated(){super.updated();let e=this.#e.value;if(!e)return;let{device_id:t,begin:i,last_known:r}=e,s=JSON.stringify([t,i,r]);s!==this.#i&&(this.#i=s,this.#a(e))}#n=()=>{let{filters:e,session:t}=this.place;this.#e.load(this.hass,"sessions/get",{session_id:t,...e.meter?{device_id:[e.meter]}:{}})};async#a({device_id:e,begin:t,last_known:i,outcome:r}){let{hass:s}=this,o=He(s,e??"").get("sensor.power"),l=Date.parse(t??""),c=r==="open"?Date.now():Date.parse(i??""),p=o!==void 0&&c>l;this.x=p?await Ji(s,o,l,c):[]}render(){let{texts:e}=this,{value:t,error:i}=this.#e;return a`
<a class="back" href=${this.base} @click=${this.#p}>
<ha-icon icon="mdi:arrow-left"></ha-icon>${e("panel.session.back")}
</a>
${C(this.#e,e,this.#n)}
${this.e?y("danger","mdi:alert-circle-outline",this.e):d}
${t?this.#d(t):i?d:P(e)}
`}#p=e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),e.stopPropagation(),history.state?.fromList?history.back():this.go(Q))};#d(e){let{texts:t,hass:i}=this,[r,s]=q(e.verdict),o=e.begin?t("panel.session.title",{begin:x(e.begin,i)}):t("panel.session.untimed");return a`
<h2 class="title">${o}</h2>
<div class="banner ${r}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong>${f(t,"panel.verdict",e.verdict)}</strong>
<p>${f(t,"verdict",e.verdict)}</p>
<p>${f(t,"outcome",e.outcome)}</p>
</div>
</div>
<section class="card" aria-labelledby="about">
<header>
<h3 id="about">${t("panel.session.about")}</h3>
<div class="downloads">${this.#h(e)}</div>
</header>
${this.#o(e)}
</section>
${this.#m(e)}
<section class="card" aria-labelledby="findings">
<h3 id="findings">${t("panel.session.findings")}</h3>
<ul class="parts">
${e.findings.map(l=>a`<li>
${pe(l.severity)}
<div>
<p>${vi(l,t,i)}</p>
${e.record_reports.some(({record_id:c})=>c===l.record_id)?a`<button
type="button"
class="link"
@click=${()=>{this.#u(l.record_id)}}
>
${t("panel.session.open_record")}
</button>`:d}
</div>
</li>`)}
${e.findings.length?d:a`<li>
${ge(e.verdict==="valid"?void 0:"note")}
<div><p>${t("panel.session.no_findings")}</p></div>
</li>`}
${Bt(e.clock,t)}
${Vt(e.transparency,e.verdict==="valid",t)}
</ul>
</section>
<section class="records" aria-labelledby="records">
<h3 id="records">
${t("panel.session.records",{count:v(e.records,i)})}
</h3>
${e.record_reports.map((l,c)=>this.#c(l,e,c===e.record_reports.length-1))}
</section>
`}#o(e){let{texts:t,hass:i}=this,{device_id:r,duration:s,exported:o}=e,l=e.meter??t("panel.gone");return ue([[t("panel.fact.energy"),a`<b>${z(e.imported,i)}</b>`],[t("panel.fact.exported"),Number(o)?z(o,i):null],[t("panel.fact.begin"),x(e.begin,i)],[t(e.end===null?"panel.fact.last_known":"panel.fact.end"),x(e.last_known,i)],[t("panel.fact.duration"),s===null?null:ce(s)],[t("panel.fact.cost"),this.#l(e.cost)],[t("panel.fact.identification"),this.#r(e)],[t("panel.fact.level"),qt(e.identification_level,t)],[t("panel.fact.tariff"),e.tariff_text],[t("panel.fact.charge_point"),e.charge_point],[t("panel.fact.meter"),r?a`<a href="/config/devices/device/${r}">${l}</a>`:l]])}#r(e){let{texts:t}=this,{driver_id:i,identification:r,identification_type:s}=e,{meter:o}=this.place.filters;return a`${de(e,s,t)}
${r&&i===null?a`<a
href=${this.href({view:"drivers",filters:{...A,meter:o,search:r}})}
>${t("panel.session.name_driver")}</a
>`:d}`}#l({amount:e,reason:t,rates:i,time_left_out:r}){let{texts:s,hass:o}=this;return e===null?t===null?null:a`– <small>${f(s,"not_billed",t)}</small>`:a`${V(e,i?.currency??"",o)}
${r?a`<small>${s("panel.fact.without_time")}</small>`:d}`}#h({links:e}){let{texts:t}=this,i=Fe(this.hass),r=s=>e.ocmf.replace(/\.ocmf$/,`.${s}`);return[this.#s("XML",e.xml,t("panel.download.xml")),this.#s("OCMF",e.ocmf,t("panel.download.ocmf")),this.#s("XLSX",r("xlsx"),t("panel.download.xlsx")),this.#s("CSV",r("csv"),t("panel.download.csv")),this.#s("ZIP",r("zip"),t("panel.download.zip")),this.#s("OCPI",e.ocpi,t("panel.download.ocpi")),this.#s("OCPP",e.ocpp,t("panel.download.ocpp")),this.#s(t("panel.session.receipt"),`${e.ocmf.replace(/\.ocmf$/,"/receipt.pdf")}${i?`?language=${i}`:""}`,t("panel.download.receipt"))]}#s(e,t,i){return a`<button
type="button"
title=${i}
?disabled=${t===null}
@click=${()=>{this.save(t??"")}}
>
<ha-icon icon="mdi:download"></ha-icon>${e}
</button>`}#u(e){let t=this.renderRoot.querySelector(`#record-${e}`);t&&(t.open=!0,t.scrollIntoView({block:"start"}),t.querySelector("summary")?.focus({preventScroll:!0}))}#c(e,t,i){let{texts:r,hass:s}=this;return a`<details class="card record" id="record-${e.record_id}" ?open=${i}>
<summary>
<span class="name"
>${f(r,"panel.kind",e.kind)}
<small>${e.pagination??""}</small></span
>
${Ue(e.verdict,r)}
</summary>
${Qe(e,r)}
<h4>${r("panel.readings.title")}</h4>
${et(e,r,s)}
<h4>${r("panel.session.contents")}</h4>
${tt(e,r,s,bn(e,t))} ${it(e,r)}
<div class="downloads">
${this.#s("OCMF",e.links.ocmf,r("panel.download.ocmf"))}
${this.#s("XML",e.links.xml,r("panel.download.xml"))}
</div>
</details>`}#m(e){let{texts:t,x:i}=this;return a`<section class="card" aria-labelledby="power">
<h3 id="power">${t("panel.session.power")}</h3>
${i===void 0?P(t):i.length?Qi(i,Date.parse(e.begin??""),{text:t,hass:this.hass,width:this.v,pointed:this.m,onPoint:r=>{this.m=r}}):a`<p class="quiet">${t("panel.session.no_power")}</p>`}
</section>`}};function bn({identification:n},e){return n.data===e.identification?e.driver:null}var ir=b`textarea{display:block;box-sizing:border-box;width:100%;padding:12px;resize:vertical;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal, #7a7a7a);border-radius:var(--ha-border-radius-md, 8px) var(--ha-border-radius-md, 8px) 0 0;background:var(--ha-color-form-background, #f3f3f3);color:var(--primary-text-color, #141414);font-family:var(--ha-font-family-code, monospace);font-size:var(--ha-font-size-s, 12px);line-height:1.5}.verify{display:grid;gap:16px;margin:16px 0 0}.verify button{justify-self:start}.file{position:relative;display:inline-flex;align-items:center;justify-self:start;gap:8px;min-height:44px;padding:0 16px;border-radius:var(--ha-border-radius-pill, 9999px);background:color-mix(in srgb,currentColor 10%,transparent);font-weight:var(--ha-font-weight-medium, 500)}.file span{margin:0;color:inherit;font-size:inherit}.file input{position:absolute;inset:0;height:100%;padding:0;opacity:0;cursor:pointer}.file:focus-within{outline:2px solid var(--primary-color, #009ac7);outline-offset:2px}.verify+.notice{margin:16px 0 0}`;var rr=2*1024*1024;function xn(n){let e={"255,254":"utf-16le","254,255":"utf-16be"};return new TextDecoder(e[n.subarray(0,2).join()]??"utf-8").decode(n)}function wn(n){let t="";for(let i=0;i<n.length;i+=32768)t+=String.fromCharCode(...n.subarray(i,i+32768));return btoa(t)}var nt=class extends E{static properties={...E.properties,e:{state:!0}};static styles=[R,M,W,ir];#e=new $(this);#t=new $(this);#i={shown:null,base64:""};constructor(){super(),this.e=""}#n=async e=>{e.preventDefault();let t=new FormData(e.target),[i="",r=""]=["record","public_key"].map(c=>{let p=t.get(c);return typeof p=="string"?p:""}),s=this.info.meters[0]?.device_id;this.#t.load(this.hass,"drivers/list",s?{device_id:[s]}:{}),this.#e.clear();let{shown:o,base64:l}=this.#i;await this.#e.load(this.hass,"records/verify",{record:l&&i===o?l:i.trim(),...r.trim()?{public_key:r.trim()}:{}}),await this.updateComplete,this.renderRoot.querySelector("#result")?.focus()};#a=e=>{let t=e.target;this.#d(t.files?.[0]),t.value=""};#p=e=>{let t=e.dataTransfer?.files[0];t&&(e.preventDefault(),this.#d(t))};async#d(e){let t=this.renderRoot.querySelector("textarea[name=record]"),i=t?.form;if(!e||!i)return;let r=e.size>rr;if(this.e=r?this.texts("panel.verify.too_large",{size:String(rr/1024/1024)}):"",r)return;let s=new Uint8Array(await e.arrayBuffer()),o=xn(s);t.value=o;let l=/[\r\ufffd]/.test(o),c=new FormData(i).get("record");this.#i={shown:c,base64:l?wn(s):""},i.requestSubmit()}render(){let{texts:e}=this,{value:t,error:i,busy:r}=this.#e,s=this.e||i;return a`
<section class="card" aria-labelledby="verify">
<h2 id="verify">${e("panel.verify.title")}</h2>
<p>${e("panel.verify.hint")}</p>
<form class="verify" @submit=${this.#n}>
<label
><span>${e("panel.verify.record")}</span>
<textarea
name="record"
rows="6"
required
spellcheck="false"
autocomplete="off"
placeholder="OCMF|{…}|{…}"
@drop=${this.#p}
></textarea>
</label>
<label class="file"
><ha-icon icon="mdi:file-outline"></ha-icon>
<span>${e("panel.verify.choose")}</span>
<input type="file" accept=".ocmf,.xml,.json,.txt,text/*" @change=${this.#a} />
</label>
<label
><span>${e("panel.verify.key")}</span>
<textarea name="public_key" rows="2" spellcheck="false" autocomplete="off"></textarea>
<small>${e("panel.verify.key_hint")}</small>
</label>
<button class="start" ?disabled=${r}>
<ha-icon icon="mdi:shield-search"></ha-icon>
${e(r?"panel.verify.busy":"panel.verify.submit")}
</button>
</form>
${s?y("danger","mdi:alert-circle-outline",s):d}
</section>
${t?this.#o(t):d}
`}#o(e){let t=e.records.length?e.records:[e];return a`<div id="result" tabindex="-1">
${t.length>1?a`<p>
${this.texts("panel.verify.found",{count:v(t.length,this.hass)})}
</p>`:d}
${t.map(i=>this.#r(i))}
</div>`}#r(e){let{texts:t,hass:i}=this,[r,s]=q(e.verdict);return a`<div class="banner ${r}">
<ha-icon icon=${s}></ha-icon>
<div>
<strong role="heading" aria-level="3"
>${f(t,"panel.verdict",e.verdict)}</strong
>
${e.legible?this.#h(e):d}
</div>
</div>
<section class="card">
${Qe(e,t)}
${e.legible?a`<h4>${t("panel.readings.title")}</h4>
${et(e,t,i)}
<h4>${t("panel.session.contents")}</h4>
${tt(e,t,i,this.#l(e))}`:d}
${it(e,t)}
</section>`}#l({identification:e}){let t=s=>s.trim().toLowerCase(),i=t(e.data??"");return this.#t.value?.drivers.find(({identifications:s})=>s.some(({value:o})=>t(o)===i))?.name??null}#h(e){let{texts:t,hass:i,info:r}=this,s=r.meters.find(({device_id:p})=>p===e.device_id),o={...A,meter:e.device_id??""},l=z(e.imported,i),c=x(e.begin,i);return a`<p>
${[this.#l(e),e.identification.data??t("panel.unidentified")].filter(Boolean).join(" · ")}
·
${e.end===null?t("panel.verify.summary_open",{energy:l,begin:c}):t("panel.verify.summary",{energy:l,begin:c,end:x(e.end,i)})}
</p>
${e.verdict==="valid"?a`<p>
${s?t("panel.verify.of_meter",{meter:s.name}):t("panel.verify.of_nobody")}
</p>`:d}
<p>
${e.record_id===null?t("panel.verify.not_archived"):t("panel.verify.archived")}
${e.session_id===null?d:a`<a href=${this.href({view:"session",session:e.session_id,filters:o})}
>${t("panel.verify.open")}</a
>`}
</p>`}};function F(n,e){return customElements.get(n)?!1:(customElements.define(n,e),!0)}F("dmed4-archive-page",Be);F("dmed4-billing-page",je);F("dmed4-drivers-page",We);F("dmed4-overview-page",Ye);F("dmed4-prices-page",Je);F("dmed4-session-page",rt);F("dmed4-verify-page",nt);F("lovato-dmed4-panel",Xe);
